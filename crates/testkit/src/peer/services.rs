//! The services of a peer as SCU (PS3.4 annexes A to C).

use std::io::Read;

use anyhow::{Context, Result, bail};

use super::{Association, Command};

/// An object that came by a C-STORE sub-operation of C-GET.
#[derive(Debug)]
pub struct Received {
    /// Affected SOP Class UID.
    pub sop_class: String,
    /// Affected SOP Instance UID.
    pub sop: String,
    /// Transfer syntax of the presentation context.
    pub transfer_syntax: String,
    /// The data set as it came.
    pub dataset: Vec<u8>,
}

/// How a service ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Status (0000,0900).
    pub status: u16,
    /// Error Comment (0000,0902).
    pub comment: Option<String>,
    /// Number of Completed, Failed, Warning Sub-operations (0000,1021–1023).
    pub counts: [Option<u16>; 3],
}

/// What a C-GET brought.
#[derive(Debug)]
pub struct Fetched {
    /// The objects, in the order they came.
    pub objects: Vec<Received>,
    /// The final response.
    pub outcome: Outcome,
    /// How many pending responses came before it.
    pub pending: u32,
}

fn outcome(command: &Command) -> Result<Outcome> {
    Ok(Outcome {
        status: command.status()?,
        comment: command.string(0x0902),
        counts: [0x1021, 0x1022, 0x1023].map(|element| command.number(element)),
    })
}

impl Association {
    /// C-ECHO (PS3.7 §9.1.5).
    pub fn echo(&mut self) -> Result<u16> {
        let context = self.context(super::VERIFICATION, None)?;
        let command = Command::new(0x0030)
            .ui(0x0002, super::VERIFICATION)
            .us(0x0110, self.message_id())
            .us(0x0800, 0x0101);
        self.send(context, &command, None)?;
        self.receive()?.command.status()
    }

    /// C-STORE of `dataset` as it stands (PS3.7 §9.1.1).
    pub fn store(
        &mut self,
        sop_class: &str,
        sop: &str,
        transfer_syntax: &str,
        dataset: &[u8],
    ) -> Result<Outcome> {
        let length = dataset.len() as u64;
        self.store_from(sop_class, sop, transfer_syntax, &mut &dataset[..], length)
    }

    /// C-STORE of `length` bytes that a reader gives.
    pub fn store_from(
        &mut self,
        sop_class: &str,
        sop: &str,
        transfer_syntax: &str,
        dataset: &mut dyn Read,
        length: u64,
    ) -> Result<Outcome> {
        let context = self.context(sop_class, Some(transfer_syntax))?;
        let id = self.message_id();
        let command = Command::new(0x0001)
            .ui(0x0002, sop_class)
            .us(0x0110, id)
            .us(0x0700, 0)
            .us(0x0800, 1)
            .ui(0x1000, sop);
        self.send(context, &command, Some((dataset, length)))?;
        let answer = self.receive()?.command;
        if answer.number(0x0100) != Some(0x8001) || answer.number(0x0120) != Some(id) {
            bail!("not the answer to our C-STORE: {answer:?}");
        }
        outcome(&answer)
    }

    /// C-FIND (PS3.7 §9.1.2): the identifiers of all pending responses, and the end.
    pub fn find(&mut self, model: &str, identifier: &[u8]) -> Result<(Vec<Vec<u8>>, Outcome)> {
        let context = self.context(model, None)?;
        let command = self.query(0x0020, model);
        self.send(
            context,
            &command,
            Some((&mut &identifier[..], identifier.len() as u64)),
        )?;
        let mut found = Vec::new();
        loop {
            let message = self.receive()?;
            match message.command.status()? {
                0xFF00 | 0xFF01 => found.push(message.dataset),
                _ => return Ok((found, outcome(&message.command)?)),
            }
        }
    }

    /// C-FIND that is cancelled (C-CANCEL-RQ, PS3.7 §9.3.2.3) once `most` matches are there: how many came.
    pub fn find_first(&mut self, model: &str, identifier: &[u8], most: usize) -> Result<usize> {
        let context = self.context(model, None)?;
        let command = self.query(0x0020, model);
        let id = command.number(0x0110).context("no message id")?;
        self.send(
            context,
            &command,
            Some((&mut &identifier[..], identifier.len() as u64)),
        )?;
        let mut found = 0;
        loop {
            match self.receive()?.command.status()? {
                0xFF00 | 0xFF01 => found += 1,
                0x0000 | 0xFE00 => return Ok(found),
                status => bail!("C-FIND ended with {status:04X}"),
            }
            if found == most {
                let cancel = Command::new(0x0FFF).us(0x0120, id).us(0x0800, 0x0101);
                self.send(context, &cancel, None)?;
            }
        }
    }

    /// C-GET (PS3.7 §9.1.3), answering each sub-operation with success.
    pub fn get(&mut self, model: &str, identifier: &[u8]) -> Result<Fetched> {
        let context = self.context(model, None)?;
        let command = self.query(0x0010, model);
        self.send(
            context,
            &command,
            Some((&mut &identifier[..], identifier.len() as u64)),
        )?;
        let mut objects = Vec::new();
        let mut pending = 0;
        loop {
            let message = self.receive()?;
            match message.command.number(0x0100) {
                Some(0x0001) => objects.push(self.take(message)?),
                Some(0x8010) if message.command.status()? == 0xFF00 => pending += 1,
                Some(0x8010) => {
                    let outcome = outcome(&message.command)?;
                    return Ok(Fetched {
                        objects,
                        outcome,
                        pending,
                    });
                }
                other => bail!("command {other:04X?} during a C-GET"),
            }
        }
    }

    fn take(&mut self, message: super::association::Message) -> Result<Received> {
        let context = self
            .contexts
            .iter()
            .find(|c| c.id == message.context)
            .context("an object on a context that was not accepted")?;
        let received = Received {
            sop_class: message.command.string(0x0002).context("no SOP class")?,
            sop: message.command.string(0x1000).context("no SOP instance")?,
            transfer_syntax: context.transfer_syntax.clone(),
            dataset: message.dataset,
        };
        let answer = Command::new(0x8001)
            .ui(0x0002, &received.sop_class)
            .us(
                0x0120,
                message.command.number(0x0110).context("no message id")?,
            )
            .us(0x0800, 0x0101)
            .us(0x0900, 0)
            .ui(0x1000, &received.sop);
        self.send(message.context, &answer, None)?;
        Ok(received)
    }

    /// C-MOVE (PS3.7 §9.1.4) to `destination`: the end, and how many pending responses came.
    pub fn r#move(
        &mut self,
        model: &str,
        destination: &str,
        identifier: &[u8],
    ) -> Result<(Outcome, u32)> {
        let context = self.context(model, None)?;
        let command = self.query(0x0021, model).text(0x0600, destination);
        self.send(
            context,
            &command,
            Some((&mut &identifier[..], identifier.len() as u64)),
        )?;
        let mut pending = 0;
        loop {
            let message = self.receive()?;
            match message.command.status()? {
                0xFF00 => pending += 1,
                _ => return Ok((outcome(&message.command)?, pending)),
            }
        }
    }

    fn query(&mut self, field: u16, model: &str) -> Command {
        Command::new(field)
            .ui(0x0002, model)
            .us(0x0110, self.message_id())
            .us(0x0700, 0)
            .us(0x0800, 1)
    }
}
