//! Which representation a client gets (PS3.18 §8.7): media type, form and transfer syntax.

use std::cmp::Reverse;

use model::TransferSyntax;

pub(super) use crate::accept::Form;
use crate::{
    accept::{Accepted, DICOM, MULTIPART, OCTETS, Offer},
    media::{self, MediaType},
};

/// A transfer syntax that a client takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Whatever is stored (`transfer-syntax=*`).
    AsStored,
    /// This one.
    Is(TransferSyntax),
    /// None was named.
    Default,
}

/// One way of answering that a client takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) form: Form,
    /// The media range of each resource.
    pub(super) media: String,
    pub(super) syntax: Syntax,
    pub(super) quality: u16,
    /// How much its range says.
    precision: u8,
}

impl Choice {
    /// Whether `accepted` would rather not have resources of media type `essence` in `syntax`, which
    /// then are the last to give; none where it refuses them all the same.
    fn is_last(&self, accepted: &Accepted, essence: &str, syntax: &str) -> Option<bool> {
        let offer = Offer {
            form: self.form,
            essence,
            syntax: Some(syntax),
        };
        let refused = accepted.refuses(offer, self.precision);
        (!refused).then(|| accepted.dislikes(offer, self.precision))
    }

    /// Whether resources of media type `essence` may be given.
    pub(super) fn covers(&self, essence: &str) -> bool {
        media::covers(&self.media, essence)
    }
}

/// What the accepted ranges mean, the preferred first. `default` is the resource's media type where
/// a multipart range names none; everything (`*/*`) is multipart (PS3.18 §8.7.3), unless multipart is
/// refused.
pub(super) fn choices(accepted: &Accepted, default: &str) -> Vec<Choice> {
    let single = accepted.refuses_parts();
    accepted
        .wanted()
        .filter_map(|range| choice(range, default, single && range.essence == "*/*"))
        .collect()
}

fn choice(range: &MediaType, default: &str, single: bool) -> Option<Choice> {
    let (form, media) = if range.covers(MULTIPART) && !single {
        let root = range
            .parameter("type")
            .map(|root| root.trim().to_ascii_lowercase());
        let unnamed = if range.essence == "*/*" {
            "*/*"
        } else {
            default
        };
        (Form::Multipart, root.unwrap_or_else(|| unnamed.to_owned()))
    } else {
        (Form::Single, range.essence.clone())
    };
    let syntax = match range.parameter("transfer-syntax").map(str::trim) {
        None | Some("") => Syntax::Default,
        Some("*") => Syntax::AsStored,
        Some(uid) => Syntax::Is(TransferSyntax::parse(uid).ok()?),
    };
    Some(Choice {
        form,
        media,
        syntax,
        quality: range.quality,
        precision: range.precision(),
    })
}

/// How whole objects are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ObjectForm {
    pub(super) form: Form,
    /// Acceptable syntaxes, the preferred first.
    pub(super) syntaxes: Vec<Syntax>,
    /// Those of quality zero.
    refused: Vec<String>,
}

/// How objects are given: in the form of the preferred range that takes them; `several` only as parts.
pub(super) fn objects(accepted: &Accepted, several: bool) -> Option<ObjectForm> {
    let mut choices = choices(accepted, DICOM);
    choices.retain(|choice| {
        choice.covers(DICOM)
            && !(several && choice.form == Form::Single)
            && choice.is_last(accepted, DICOM, "*").is_some()
    });
    choices.sort_by_key(|choice| choice.is_last(accepted, DICOM, "*"));
    let form = choices.first()?.form;
    let syntaxes = choices
        .into_iter()
        .filter(|choice| choice.form == form)
        .map(|choice| choice.syntax)
        .collect();
    Some(ObjectForm {
        form,
        syntaxes,
        refused: accepted.refused_syntaxes(DICOM),
    })
}

impl ObjectForm {
    /// The syntax to give an object in that is stored in `stored`: as it is (`Some(None)`) when that
    /// is acceptable, else the first that `can_convert` to; none if there is none. Implicit VR and
    /// big endian are given only as stored, when all is acceptable (PS3.18 §8.7.3.5.2).
    pub(super) fn syntax(
        &self,
        stored: &TransferSyntax,
        can_convert: impl Fn(&TransferSyntax) -> bool,
    ) -> Option<Option<TransferSyntax>> {
        let explicit = TransferSyntax::explicit_little();
        let as_stored = self.syntaxes.iter().any(|syntax| match syntax {
            Syntax::AsStored => true,
            Syntax::Is(uid) => uid == stored && !stored.is_implicit() && !stored.is_big_endian(),
            Syntax::Default => *stored == explicit,
        });
        let refused =
            |syntax: &TransferSyntax| self.refused.iter().any(|uid| uid == syntax.as_str());
        if as_stored && !refused(stored) {
            return Some(None);
        }
        self.syntaxes
            .iter()
            .filter_map(|syntax| match syntax {
                Syntax::AsStored => None,
                Syntax::Is(uid) => Some(uid),
                Syntax::Default => Some(&explicit),
            })
            .filter(|uid| !uid.is_implicit() && !uid.is_big_endian() && !refused(uid))
            .find(|uid| can_convert(uid))
            .map(|uid| Some(uid.clone()))
    }
}

/// How frames are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pixels {
    /// As stored, under their true media type.
    AsStored,
    /// As stored, called `application/octet-stream`, since the client takes nothing else.
    AsStoredOctets,
    /// Uncompressed, little endian.
    Native,
}

/// The ways of giving frames that are stored as `stored`, of media type `essence`: the preferred
/// first, of equally preferred ones what is stored. `single`: one frame is asked.
pub(super) fn frames(
    accepted: &Accepted,
    stored: &TransferSyntax,
    essence: &str,
    single: bool,
) -> Vec<(Form, Pixels)> {
    let native = TransferSyntax::explicit_little();
    let mut ways: Vec<(bool, u16, Form, Pixels)> = Vec::new();
    for choice in choices(accepted, OCTETS) {
        if choice.form == Form::Single && !single {
            continue;
        }
        for pixels in pixels(&choice, stored, essence) {
            let (essence, syntax) = match pixels {
                Pixels::AsStored => (essence, stored),
                Pixels::AsStoredOctets => (OCTETS, stored),
                Pixels::Native => (OCTETS, &native),
            };
            let last = choice.is_last(accepted, essence, syntax.as_str());
            ways.extend(last.map(|last| (last, choice.quality, choice.form, pixels)));
        }
    }
    ways.sort_by_key(|&(last, quality, _, pixels)| {
        (last, Reverse(quality), pixels == Pixels::Native)
    });
    // Everything is acceptable: uncompressed goes first, since every client reads it.
    if accepted.wanted().all(|range| range.essence == "*/*") {
        ways.sort_by_key(|&(last, _, _, pixels)| (last, pixels != Pixels::Native));
    }
    ways.into_iter()
        .map(|(_, _, form, pixels)| (form, pixels))
        .collect()
}

fn pixels(choice: &Choice, stored: &TransferSyntax, essence: &str) -> Vec<Pixels> {
    let native = TransferSyntax::explicit_little();
    let as_stored = if choice.covers(essence) {
        Some(Pixels::AsStored)
    } else {
        choice.covers(OCTETS).then_some(Pixels::AsStoredOctets)
    };
    match &choice.syntax {
        Syntax::AsStored => as_stored.into_iter().collect(),
        Syntax::Is(uid) if *uid == native && choice.covers(OCTETS) => vec![Pixels::Native],
        Syntax::Is(uid) if uid == stored => as_stored.into_iter().collect(),
        Syntax::Is(_) => Vec::new(),
        // Compressed bytes go out as octets only to a client that names their syntax or takes all.
        Syntax::Default => {
            let native = choice.covers(OCTETS).then_some(Pixels::Native);
            let stored = choice.covers(essence) && (essence != OCTETS || choice.media == "*/*");
            let stored = stored.then_some(Pixels::AsStored);
            native.into_iter().chain(stored).collect()
        }
    }
}
