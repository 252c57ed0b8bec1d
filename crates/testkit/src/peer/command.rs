//! Command sets (PS3.7 §6.3): group 0000, Implicit VR Little Endian.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

/// A command set: element numbers of group 0000 and their values.
#[derive(Clone, Debug, Default)]
pub struct Command {
    elements: BTreeMap<u16, Vec<u8>>,
}

impl Command {
    /// A request or response with its command field (0000,0100).
    pub fn new(field: u16) -> Self {
        Self::default().us(0x0100, field)
    }

    /// Adds an unsigned short.
    pub fn us(mut self, element: u16, value: u16) -> Self {
        self.elements.insert(element, value.to_le_bytes().to_vec());
        self
    }

    /// Adds a UID.
    pub fn ui(mut self, element: u16, value: &str) -> Self {
        let mut bytes = value.as_bytes().to_vec();
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        self.elements.insert(element, bytes);
        self
    }

    /// Adds a text, padded with a blank.
    pub fn text(mut self, element: u16, value: &str) -> Self {
        let mut bytes = value.as_bytes().to_vec();
        if bytes.len() % 2 == 1 {
            bytes.push(b' ');
        }
        self.elements.insert(element, bytes);
        self
    }

    /// An unsigned short, if it is there.
    pub fn number(&self, element: u16) -> Option<u16> {
        let bytes = self.elements.get(&element)?;
        Some(u16::from_le_bytes([*bytes.first()?, *bytes.get(1)?]))
    }

    /// A text without its padding, if it is there.
    pub fn string(&self, element: u16) -> Option<String> {
        let text = String::from_utf8_lossy(self.elements.get(&element)?).into_owned();
        Some(text.trim_end_matches(['\0', ' ']).to_owned())
    }

    /// Status (0000,0900).
    pub fn status(&self) -> Result<u16> {
        match self.number(0x0900) {
            Some(status) => Ok(status),
            None => bail!("a response without a status: {self:?}"),
        }
    }

    /// Whether a data set follows (0000,0800).
    pub fn has_dataset(&self) -> bool {
        self.number(0x0800).is_some_and(|kind| kind != 0x0101)
    }

    /// As it goes over the wire, group length first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (element, value) in &self.elements {
            body.extend([0, 0]);
            body.extend(element.to_le_bytes());
            body.extend((value.len() as u32).to_le_bytes());
            body.extend(value);
        }
        let mut bytes = vec![0, 0, 0, 0, 4, 0, 0, 0];
        bytes.extend((body.len() as u32).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// Reads what came over the wire.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self> {
        let mut command = Self::default();
        while !bytes.is_empty() {
            let Some((header, rest)) = bytes.split_at_checked(8) else {
                bail!("a command set that ends inside an element");
            };
            if header[..2] != [0, 0] {
                bail!("group {:02X}{:02X} in a command set", header[1], header[0]);
            }
            let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
            let Some((value, rest)) = rest.split_at_checked(length) else {
                bail!("a command element past the end of its set");
            };
            command
                .elements
                .insert(u16::from_le_bytes([header[2], header[3]]), value.to_vec());
            bytes = rest;
        }
        command.elements.remove(&0);
        Ok(command)
    }
}
