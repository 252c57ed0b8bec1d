//! Sign-in by an OpenID provider: where the browser goes, and who comes back.

mod begin;
mod callback;
mod errand;
mod programs;

use std::{collections::BTreeMap, sync::Arc};

use access::{Role, Roles};
use model::{InstitutionId, Operation};
use openid::Provider;

pub(crate) use begin::{__path_begin, begin};
pub(crate) use callback::{__path_callback, callback};
pub(super) use programs::program;

use crate::{WebError, address::Address};

/// A provider whose people sign in here, or whose programs come with its tokens.
#[derive(Debug)]
pub struct OpenId {
    /// Our name of it, part of addresses.
    pub id: String,
    /// What its button says.
    pub label: String,
    /// The institution whose people and programs it knows.
    pub institution: InstitutionId,
    /// The provider.
    pub provider: Provider,
    /// Our role for what it says that somebody is; empty: no person signs in by it.
    pub roles: BTreeMap<String, Role>,
    /// What a program's token may let it do at most; empty: none comes with its tokens.
    pub operations: Vec<Operation>,
}

/// The providers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct OpenIds(Arc<[OpenId]>);

impl FromIterator<OpenId> for OpenIds {
    fn from_iter<I: IntoIterator<Item = OpenId>>(providers: I) -> Self {
        Self(providers.into_iter().collect())
    }
}

impl OpenIds {
    /// Those by which people sign in.
    pub(super) fn for_people(&self) -> impl Iterator<Item = &OpenId> {
        self.0.iter().filter(|one| !one.roles.is_empty())
    }

    /// One of those.
    fn named(&self, id: &str) -> Result<&OpenId, WebError> {
        let one = self.for_people().find(|one| one.id == id);
        one.ok_or(WebError::NotFound("an OpenID provider"))
    }

    /// The one whose programs have tokens of an issuer.
    fn of_programs(&self, issuer: &str) -> Option<&OpenId> {
        let mut those = self.0.iter().filter(|one| !one.operations.is_empty());
        those.find(|one| one.provider.issuer() == issuer)
    }
}

impl OpenId {
    /// Where the provider sends browsers back to; it must be told so.
    fn redirect(&self, address: &Address) -> String {
        format!("{}/api/session/openid/{}/callback", address.base(), self.id)
    }

    /// What somebody does, by the provider's words; none: nothing here.
    fn roles(&self, words: &[String]) -> Option<Roles> {
        let roles = words.iter().filter_map(|word| self.roles.get(word));
        Roles::new(roles.copied()).ok()
    }
}
