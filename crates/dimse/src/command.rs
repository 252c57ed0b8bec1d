//! Command sets: group 0000H, always Implicit VR Little Endian (PS3.7 §6.3, §E).

use model::{AeTitle, Uid};

use crate::DimseError;

/// The command fields (0000,0100) of PS3.7 Table E.1-1.
pub(crate) mod field {
    pub(crate) const C_STORE: u16 = 0x0001;
    pub(crate) const C_GET: u16 = 0x0010;
    pub(crate) const C_FIND: u16 = 0x0020;
    pub(crate) const C_MOVE: u16 = 0x0021;
    pub(crate) const C_ECHO: u16 = 0x0030;
    pub(crate) const N_EVENT_REPORT: u16 = 0x0100;
    pub(crate) const N_ACTION: u16 = 0x0130;
    pub(crate) const C_CANCEL: u16 = 0x0FFF;
    /// Set in the command field of every response.
    pub(crate) const RESPONSE: u16 = 0x8000;
}

/// Command Data Set Type (0000,0800): no data set follows.
const NO_DATA_SET: u16 = 0x0101;
/// Command Data Set Type: a data set follows.
const DATA_SET: u16 = 0x0001;

/// Sub-operation counts of C-MOVE and C-GET responses (PS3.7 §9.1.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Still to do (0000,1020).
    pub remaining: u16,
    /// Done (0000,1021).
    pub completed: u16,
    /// Failed (0000,1022).
    pub failed: u16,
    /// Done with a warning (0000,1023).
    pub warning: u16,
}

/// A command set: what of group 0000H the services use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// Command Field (0000,0100).
    pub(crate) field: u16,
    /// Message ID (0000,0110).
    pub(crate) message_id: u16,
    /// Message ID Being Responded To (0000,0120).
    pub(crate) responded_to: Option<u16>,
    /// Affected SOP Class UID (0000,0002).
    pub(crate) affected_class: Option<String>,
    /// Requested SOP Class UID (0000,0003).
    pub(crate) requested_class: Option<String>,
    /// Move Destination (0000,0600).
    pub(crate) move_destination: Option<String>,
    /// Priority (0000,0700).
    pub(crate) priority: Option<u16>,
    /// Whether a data set follows, by (0000,0800).
    pub(crate) has_data_set: bool,
    /// Status (0000,0900).
    pub(crate) status: Option<u16>,
    /// Error Comment (0000,0902).
    pub(crate) error_comment: Option<String>,
    /// Affected SOP Instance UID (0000,1000).
    pub(crate) affected_instance: Option<String>,
    /// Requested SOP Instance UID (0000,1001).
    pub(crate) requested_instance: Option<String>,
    /// Event Type ID (0000,1002).
    pub(crate) event_type: Option<u16>,
    /// Action Type ID (0000,1008).
    pub(crate) action_type: Option<u16>,
    /// Number of Remaining, Completed, Failed, Warning Sub-operations (0000,1020–1023). Remaining
    /// is written only where the status is pending or cancel.
    pub(crate) counts: Option<Counts>,
    /// Move Originator AE Title (0000,1030) and Message ID (0000,1031).
    pub(crate) move_originator: Option<(AeTitle, u16)>,
}

impl Command {
    /// A request; `message_id` is given when it is sent.
    pub(crate) fn request(field: u16, affected_class: &str) -> Self {
        Self {
            field,
            affected_class: Some(affected_class.into()),
            ..Self::default()
        }
    }

    /// A request to cancel the operation `message_id` (PS3.7 §9.3.2.3).
    pub(crate) fn cancel(message_id: u16) -> Self {
        Self {
            field: field::C_CANCEL,
            responded_to: Some(message_id),
            ..Self::default()
        }
    }

    /// The response to `self` with `status`, its SOP class and instance repeated.
    pub(crate) fn response(&self, status: u16) -> Self {
        Self {
            field: self.field | field::RESPONSE,
            responded_to: Some(self.message_id),
            affected_class: self.affected_class.clone().or(self.requested_class.clone()),
            affected_instance: self
                .affected_instance
                .clone()
                .or(self.requested_instance.clone()),
            status: Some(status),
            ..Self::default()
        }
    }

    /// Whether it is a response to the request `message_id`.
    pub(crate) fn answers(&self, message_id: u16) -> bool {
        self.field & field::RESPONSE != 0 && self.responded_to == Some(message_id)
    }

    /// Whether it cancels the request `message_id` (PS3.7 §9.3.2.3).
    pub(crate) fn cancels(&self, message_id: u16) -> bool {
        self.field == field::C_CANCEL && self.responded_to == Some(message_id)
    }

    /// Reads a command set. Elements of group 0000H that no service uses are passed over.
    pub(crate) fn decode(mut bytes: &[u8]) -> Result<Self, DimseError> {
        let mut command = Self::default();
        let mut field = None;
        while let Some((head, rest)) = bytes.split_first_chunk::<8>() {
            let group = u16::from_le_bytes([head[0], head[1]]);
            let element = u16::from_le_bytes([head[2], head[3]]);
            let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            let value = usize::try_from(length)
                .ok()
                .and_then(|length| rest.get(..length));
            let Some(value) = value else {
                let what = format!("command element (0000,{element:04X}) is longer than its set");
                return Err(DimseError::protocol(what));
            };
            if group != 0 {
                let what = format!("({group:04X},{element:04X}) in a command set");
                return Err(DimseError::protocol(what));
            }
            bytes = &rest[value.len()..];
            if element == 0x0100 {
                field = number(value);
            } else {
                command.take(element, value);
            }
        }
        if !bytes.is_empty() {
            return Err(DimseError::protocol("a command set ends within an element"));
        }
        command.field =
            field.ok_or_else(|| DimseError::protocol("no Command Field (0000,0100)"))?;
        Ok(command)
    }

    fn take(&mut self, element: u16, value: &[u8]) {
        let mut count = |set: fn(&mut Counts, u16)| {
            if let Some(number) = number(value) {
                set(self.counts.get_or_insert_default(), number);
            }
        };
        match element {
            0x0002 => self.affected_class = text(value),
            0x0003 => self.requested_class = text(value),
            0x0110 => self.message_id = number(value).unwrap_or_default(),
            0x0120 => self.responded_to = number(value),
            0x0600 => self.move_destination = text(value),
            0x0700 => self.priority = number(value),
            0x0800 => self.has_data_set = number(value) != Some(NO_DATA_SET),
            0x0900 => self.status = number(value),
            0x0902 => self.error_comment = text(value),
            0x1000 => self.affected_instance = text(value),
            0x1001 => self.requested_instance = text(value),
            0x1002 => self.event_type = number(value),
            0x1008 => self.action_type = number(value),
            0x1020 => count(|counts, number| counts.remaining = number),
            0x1021 => count(|counts, number| counts.completed = number),
            0x1022 => count(|counts, number| counts.failed = number),
            0x1023 => count(|counts, number| counts.warning = number),
            _ => {}
        }
    }

    /// Appends the command set, its group length first, elements in order.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        put(out, 0x0000, &[0; 4]);
        let body = out.len();
        put_text(out, 0x0002, self.affected_class.as_deref(), 0);
        put_text(out, 0x0003, self.requested_class.as_deref(), 0);
        put_number(out, 0x0100, Some(self.field));
        match self.responded_to {
            Some(id) => put_number(out, 0x0120, Some(id)),
            None => put_number(out, 0x0110, Some(self.message_id)),
        }
        put_text(out, 0x0600, self.move_destination.as_deref(), b' ');
        put_number(out, 0x0700, self.priority);
        let data_set = if self.has_data_set {
            DATA_SET
        } else {
            NO_DATA_SET
        };
        put_number(out, 0x0800, Some(data_set));
        put_number(out, 0x0900, self.status);
        put_text(out, 0x0902, self.error_comment.as_deref(), b' ');
        put_text(out, 0x1000, self.affected_instance.as_deref(), 0);
        put_text(out, 0x1001, self.requested_instance.as_deref(), 0);
        put_number(out, 0x1002, self.event_type);
        put_number(out, 0x1008, self.action_type);
        if let Some(counts) = self.counts {
            let ongoing = matches!(self.status, Some(0xFF00 | 0xFE00));
            put_number(out, 0x1020, ongoing.then_some(counts.remaining));
            put_number(out, 0x1021, Some(counts.completed));
            put_number(out, 0x1022, Some(counts.failed));
            put_number(out, 0x1023, Some(counts.warning));
        }
        if let Some((title, id)) = &self.move_originator {
            put_text(out, 0x1030, Some(title.as_str()), b' ');
            put_number(out, 0x1031, Some(*id));
        }
        let length = u32::try_from(out.len() - body).expect("a command set of ours is short");
        out[start + 8..start + 12].copy_from_slice(&length.to_le_bytes());
    }
}

/// The SOP class and instance that a C-STORE request announces; none where they are no UIDs.
pub(crate) fn announced(command: &Command) -> Option<(Uid, Uid)> {
    let class = Uid::new(command.affected_class.as_deref()?).ok()?;
    let instance = Uid::new(command.affected_instance.as_deref()?).ok()?;
    Some((class, instance))
}

fn number(value: &[u8]) -> Option<u16> {
    value
        .first_chunk::<2>()
        .map(|bytes| u16::from_le_bytes(*bytes))
}

fn text(value: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(value);
    let text = text.trim_matches([' ', '\0']);
    (!text.is_empty()).then(|| text.to_owned())
}

fn put(out: &mut Vec<u8>, element: u16, value: &[u8]) {
    let length = u32::try_from(value.len()).expect("a command element of ours is short");
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&element.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(value);
}

fn put_number(out: &mut Vec<u8>, element: u16, value: Option<u16>) {
    if let Some(value) = value {
        put(out, element, &value.to_le_bytes());
    }
}

fn put_text(out: &mut Vec<u8>, element: u16, value: Option<&str>, padding: u8) {
    if let Some(value) = value {
        let mut bytes = value.as_bytes().to_vec();
        if bytes.len() % 2 == 1 {
            bytes.push(padding);
        }
        put(out, element, &bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_set_reads_back() {
        let mut request = Command::request(field::C_STORE, "1.2.840.10008.5.1.4.1.1.2");
        request.message_id = 7;
        request.has_data_set = true;
        request.affected_instance = Some("1.2.3".into());
        request.priority = Some(0);
        let mut bytes = Vec::new();
        request.encode(&mut bytes);
        assert_eq!(bytes.len() % 2, 0);
        let length = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        assert_eq!(length as usize, bytes.len() - 12);
        assert_eq!(Command::decode(&bytes).unwrap(), request);
        let mut response = request.response(0xB000);
        response.error_comment = Some("why".into());
        response.counts = Some(Counts {
            completed: 3,
            ..Counts::default()
        });
        let mut bytes = Vec::new();
        response.encode(&mut bytes);
        let read = Command::decode(&bytes).unwrap();
        assert!(read.answers(7));
        assert_eq!(
            read,
            Command {
                message_id: 0,
                ..response
            }
        );
    }

    #[test]
    fn a_broken_command_set_is_refused_and_never_trusted() {
        let mut bytes = Vec::new();
        Command::request(field::C_ECHO, "1.2.840.10008.1.1").encode(&mut bytes);
        for cut in 0..bytes.len() {
            let _ = Command::decode(&bytes[..cut]);
        }
        assert!(Command::decode(&bytes[..bytes.len() - 1]).is_err());
        assert!(Command::decode(&[]).is_err());
        bytes[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Command::decode(&bytes).is_err());
    }
}
