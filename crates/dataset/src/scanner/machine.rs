//! The state machine behind [`crate::Scanner`]: inflated bytes in, elements out.

mod bounds;
mod encapsulated;
mod identity;

use dicom_core::{Tag, VR};
use model::{TransferSyntax, Uid};

use super::{
    containers::{Containers, Expected, OPEN_END},
    element_header::{
        self, ElementHeader, Encoding, ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, looks_like_vr,
    },
    fragments::{FragmentRun, Step},
    pixels::FoundPixels,
};
use crate::{DatasetError, Element, Limits, Value, vr};

/// No element or item header, with what is looked at beyond it, is longer.
const LONGEST_HEADER: usize = 16;

const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);

#[derive(Debug)]
enum State {
    /// At an element, item or fragment header.
    Header,
    /// In a value that is kept.
    Value {
        tag: Tag,
        vr: VR,
        left: usize,
        bytes: Vec<u8>,
    },
    /// In a value that is not kept.
    Skip { left: u64 },
    /// In zero bytes after the last element.
    Zeros,
}

#[derive(Debug)]
pub(super) struct Machine {
    limits: Limits,
    /// The transfer syntax says that pixel data is native.
    native: bool,
    state: State,
    containers: Containers,
    fragments: Option<FragmentRun>,
    pub(super) pixels: Option<FoundPixels>,
    /// SOP class, SOP, study, series.
    pub(super) identity: [Option<Uid>; 4],
    /// Bytes taken so far.
    pub(super) position: u64,
    /// The element being read and where it begins.
    current: (Tag, u64),
    kept: u64,
    elements: u32,
    /// Part of a header that the next bytes complete.
    carry: Vec<u8>,
}

impl Machine {
    pub(super) fn new(transfer_syntax: &TransferSyntax, limits: Limits) -> Self {
        let (implicit, big) = (
            transfer_syntax.is_implicit(),
            transfer_syntax.is_big_endian(),
        );
        Self {
            limits,
            native: transfer_syntax.is_native(),
            state: State::Header,
            containers: Containers::new(Encoding { implicit, big }),
            fragments: None,
            pixels: None,
            identity: [const { None }; 4],
            position: 0,
            current: (Tag(0, 0), 0),
            kept: 0,
            elements: 0,
            carry: Vec::new(),
        }
    }

    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), DatasetError> {
        while !self.carry.is_empty() && !bytes.is_empty() {
            let wanted = LONGEST_HEADER
                .saturating_sub(self.carry.len())
                .min(bytes.len());
            self.carry.extend_from_slice(&bytes[..wanted]);
            bytes = &bytes[wanted..];
            let mut carry = std::mem::take(&mut self.carry);
            let mut done = 0;
            while done < carry.len() {
                match self.step(&carry[done..])? {
                    0 => break,
                    taken => done += taken,
                }
            }
            carry.drain(..done);
            self.carry = carry;
        }
        while !bytes.is_empty() {
            match self.step(bytes)? {
                0 => {
                    self.carry.extend_from_slice(bytes);
                    break;
                }
                taken => bytes = &bytes[taken..],
            }
        }
        Ok(())
    }

    /// Ends the data set: its top-level elements.
    pub(super) fn finish(mut self) -> Result<(Vec<Element>, Option<FoundPixels>), DatasetError> {
        let complete = matches!(self.state, State::Header | State::Zeros)
            && self.fragments.is_none()
            && self.containers.depth() == 0
            && self.carry.iter().all(|&byte| byte == 0);
        if !complete {
            let tag = match self.state {
                State::Header => self.containers.innermost().unwrap_or(self.current.0),
                _ => self.current.0,
            };
            return Err(DatasetError::Truncated {
                tag,
                offset: self.position + self.carry.len() as u64,
            });
        }
        Ok((std::mem::take(&mut self.containers.root), self.pixels))
    }

    /// Takes bytes from the front of `view`; 0: it needs more of them.
    fn step(&mut self, view: &[u8]) -> Result<usize, DatasetError> {
        let taken = match &mut self.state {
            State::Header => return self.header(view),
            State::Value { left, bytes, .. } => {
                let taken = view.len().min(*left);
                bytes.extend_from_slice(&view[..taken]);
                *left -= taken;
                self.position += taken as u64;
                if *left == 0 {
                    self.end_value();
                }
                taken
            }
            State::Skip { left } => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(view.len());
                *left -= taken as u64;
                self.position += taken as u64;
                if *left == 0 {
                    self.settle();
                }
                taken
            }
            State::Zeros => {
                if view.iter().any(|&byte| byte != 0) {
                    return Err(self.malformed("bytes that are no element after the data set"));
                }
                self.position += view.len() as u64;
                view.len()
            }
        };
        Ok(taken)
    }

    fn header(&mut self, view: &[u8]) -> Result<usize, DatasetError> {
        let expected = self.containers.expected();
        if self.fragments.is_none() && expected == Expected::TopElement {
            if view.len() < 8 {
                return Ok(0);
            }
            if view[..8] == [0; 8] {
                self.state = State::Zeros;
                self.current = (Tag(0, 0), self.position);
                return Ok(8).inspect(|_| self.position += 8);
            }
        }
        self.settle_form(view, expected);
        let encoding = self.containers.current_encoding();
        let Some(header) = element_header::read(view, encoding) else {
            return Ok(0);
        };
        let Some(begin) = self.look_ahead(view, &header) else {
            return Ok(0);
        };
        self.current = (header.tag, self.position);
        let start = self.position + header.size as u64;
        if start > self.containers.bound() {
            return Err(self.malformed("runs past the end of its item or sequence"));
        }
        self.position = start;
        if self.fragments.is_some() {
            self.fragment(&header, begin)?;
        } else if header.tag.0 == 0xFFFE {
            self.delimiter(&header, expected)?;
        } else if expected == Expected::Item {
            return Err(self.malformed("stands where an item is expected"));
        } else {
            self.element(&header, encoding, begin)?;
        }
        Ok(header.size)
    }

    /// Looks at the first element of a data set or item: mislabelled transfer syntaxes are common,
    /// and items of VR UN may be of either form (PS3.5 §6.2.2).
    fn settle_form(&mut self, view: &[u8], expected: Expected) {
        let Some(vr) = view.get(4..6) else { return };
        let delimiter = matches!(view[..2], [0xFE, 0xFF] | [0xFF, 0xFE]);
        let first = match expected {
            Expected::TopElement => self.position == 0,
            Expected::ItemElement { first } => first && self.containers.may_change_form(),
            Expected::Item => false,
        };
        if first && !delimiter {
            self.containers.set_implicit(!looks_like_vr(vr));
        }
    }

    /// An item or a delimiter outside pixel data (PS3.5 §7.5).
    fn delimiter(
        &mut self,
        header: &ElementHeader,
        expected: Expected,
    ) -> Result<(), DatasetError> {
        match (header.tag, expected) {
            (ITEM, Expected::Item) => {
                self.count()?;
                let end = self.end_of(header.length)?;
                self.containers.open_item(end);
            }
            (ITEM_END, Expected::ItemElement { .. }) => self.containers.close_item(),
            // Some writers leave out the delimiter of the last item.
            (SEQUENCE_END, Expected::Item | Expected::ItemElement { .. }) => {
                self.containers.close_sequence();
            }
            // A stray delimiter holds nothing.
            (ITEM_END | SEQUENCE_END, Expected::TopElement | Expected::Item)
                if header.length == 0 => {}
            _ => return Err(self.malformed("stands outside a sequence")),
        }
        self.settle();
        Ok(())
    }

    fn element(
        &mut self,
        header: &ElementHeader,
        encoding: Encoding,
        begin: &[u8],
    ) -> Result<(), DatasetError> {
        self.count()?;
        let top = self.containers.depth() == 0;
        let &ElementHeader { tag, length, .. } = header;
        let vr = self.representation(header, encoding);
        let value = self.position;
        let pixels =
            top && self.pixels.is_none() && matches!(tag.0, 0x7FE0) && matches!(tag.1, 8..=0x10);
        if vr == VR::SQ || (vr == VR::UN && length == UNDEFINED) {
            return self.sequence(header, encoding);
        }
        if length == UNDEFINED {
            if !vr::is_opaque(vr) {
                return Err(self.malformed("has an undefined length that its VR does not allow"));
            }
            self.fragments = Some(FragmentRun::new(tag, vr, value, pixels));
            return Ok(());
        }
        let end = self.end_of(length)?;
        if pixels && begin == [0xFE, 0xFF, 0x00, 0xE0] {
            // Encapsulated, with a length that PS3.5 §A.4 does not allow it.
            let mut run = FragmentRun::new(tag, vr, value, true);
            run.known_end = Some(end);
            self.fragments = Some(run);
            return Ok(());
        }
        if pixels {
            self.pixels = Some(FoundPixels::native(tag, vr, value, length.into()));
        }
        let kept = if top && matches!(tag, Tag(0x7FE0, 1 | 2)) {
            // Extended Offset Table and its lengths: 8 bytes a frame.
            u64::from(self.limits.fragments) * 8
        } else if vr::is_text(vr) {
            self.limits.inline_text.into()
        } else {
            self.limits.inline_value.into()
        };
        if pixels || u64::from(length) > kept {
            let length = length.into();
            let offset = value;
            self.containers.push(Element {
                tag,
                vr,
                value: Value::Bulk { offset, length },
            });
            self.state = State::Skip { left: end - value };
        } else {
            self.charge(length.into())?;
            self.state = State::Value {
                tag,
                vr,
                left: length as usize,
                // No trust in the length: a longer value grows as its bytes come.
                bytes: Vec::with_capacity((length as usize).min(16 << 10)),
            };
        }
        if length == 0 {
            match self.state {
                State::Value { .. } => self.end_value(),
                _ => self.settle(),
            }
        }
        Ok(())
    }

    /// The representation of an element: as stored, else of the dictionary. A short value of UN
    /// whose tag the dictionary knows has that representation (PS3.5 §6.2.2 note 2).
    fn representation(&self, header: &ElementHeader, encoding: Encoding) -> VR {
        let known = || vr::of_tag(header.tag, self.containers.signed);
        match header.vr {
            Some(VR::UN) if !encoding.big && header.tag.0 & 1 == 0 => match known() {
                Some(VR::SQ) => VR::SQ,
                Some(vr) if header.length < 0xFFFF => vr,
                _ => VR::UN,
            },
            Some(vr) => vr,
            None => match known() {
                // Without a length it is a sequence, whatever the dictionary says: a writer's
                // private sequence among the private creators, for one.
                Some(vr) if header.length == UNDEFINED && !vr::is_opaque(vr) => VR::SQ,
                Some(vr) => vr,
                None => VR::UN,
            },
        }
    }

    fn sequence(&mut self, header: &ElementHeader, encoding: Encoding) -> Result<(), DatasetError> {
        if self.containers.depth() >= usize::from(self.limits.depth) {
            return Err(self.limit("nested sequences", self.limits.depth.into()));
        }
        let end = self.end_of(header.length)?;
        let unknown = header.vr == Some(VR::UN);
        let inside = if unknown {
            Encoding::IMPLICIT_LITTLE
        } else {
            encoding
        };
        self.containers
            .open_sequence(header.tag, end, inside, unknown);
        self.settle();
        Ok(())
    }

    fn end_value(&mut self) {
        if let State::Value {
            tag, vr, mut bytes, ..
        } = std::mem::replace(&mut self.state, State::Header)
        {
            if let Some(run) = &mut self.fragments {
                run.table(bytes);
                return self.settle();
            }
            if self.containers.current_encoding().big != self.containers.encoding.big {
                vr::swap_words(&mut bytes, vr::word(vr));
            }
            if self.containers.depth() == 0 {
                identity::note(&mut self.identity, tag, &bytes);
            }
            self.containers.push(Element {
                tag,
                vr,
                value: Value::Bytes(bytes),
            });
        }
        self.settle();
    }

    /// After something ended: closes what ended with it.
    fn settle(&mut self) {
        self.state = State::Header;
        let ended = |run: &mut FragmentRun| run.known_end.is_some_and(|end| end <= self.position);
        match self.fragments.take_if(ended) {
            Some(run) => self.end_fragments(run),
            None if self.fragments.is_none() => self.containers.close_ended(self.position),
            None => {}
        }
    }
}
