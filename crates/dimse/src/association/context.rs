//! Presentation contexts as agreed (PS3.8 §7.1.1.13).

use model::{TransferSyntax, Uid};

/// An accepted presentation context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Its id.
    pub id: u8,
    /// What is spoken of.
    pub abstract_syntax: Uid,
    /// How data sets are encoded.
    pub transfer_syntax: TransferSyntax,
    /// Whether the requestor may be the SCU (PS3.7 §D.3.3.4).
    pub requestor_is_user: bool,
    /// Whether the requestor may be the SCP: C-GET sends to it.
    pub requestor_is_provider: bool,
}

/// The accepted contexts of an association.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contexts(Vec<Context>);

impl Contexts {
    pub(crate) fn new(contexts: Vec<Context>) -> Self {
        Self(contexts)
    }

    pub(crate) fn by_id(&self, id: u8) -> Option<&Context> {
        self.0.iter().find(|context| context.id == id)
    }

    pub(crate) fn all(&self) -> &[Context] {
        &self.0
    }

    /// The contexts for `abstract_syntax`, in the order of their ids.
    pub(crate) fn of(&self, abstract_syntax: &str) -> impl Iterator<Item = &Context> {
        self.0
            .iter()
            .filter(move |context| context.abstract_syntax.as_str() == abstract_syntax)
    }
}
