//! Who a request comes from: the one place where HTTP makes a [`access::Actor`].

use access::{Actor, Denial, Permit};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use model::{InstitutionId, Operation, Purpose};

use super::{
    providers,
    token::{self, Presented},
};
use crate::{WebError, WebState, address::Address};

/// Who a request comes from.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    actor: Actor,
    /// A credential came and was not accepted.
    refused: bool,
}

impl Caller {
    /// Who it is.
    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Asks the access model for a permit.
    pub(crate) fn permit(&self, operation: Operation) -> Result<Permit, WebError> {
        access::decide(&self.actor, Purpose::Treatment, operation).map_err(WebError::Denied)
    }

    /// The institution and the name of a person with an account; refuses everybody else.
    pub(crate) fn person(&self) -> Result<(&InstitutionId, &str), WebError> {
        self.require_known()?;
        match &self.actor {
            Actor::User {
                institution, name, ..
            } => Ok((institution, name)),
            Actor::Anonymous
            | Actor::Program { .. }
            | Actor::Peer { .. }
            | Actor::Developer { .. }
            | Actor::Operator { .. } => Err(WebError::NoPerson),
        }
    }

    /// Refuses whom nobody knows.
    pub(crate) fn require_known(&self) -> Result<(), WebError> {
        match self.actor {
            Actor::Anonymous if self.refused => Err(WebError::CredentialRefused),
            Actor::Anonymous => Err(WebError::Denied(Denial::NotAuthenticated)),
            Actor::User { .. }
            | Actor::Program { .. }
            | Actor::Peer { .. }
            | Actor::Developer { .. }
            | Actor::Operator { .. } => Ok(()),
        }
    }

    /// Refuses a WebSocket that another site's page opens: browsers let any page read what it says.
    pub(crate) fn require_own_page(headers: &HeaderMap, state: &WebState) -> Result<(), WebError> {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Ok(());
        };
        let origin = origin.to_str().unwrap_or_default();
        let settings = &state.settings;
        let own = Address::new(settings.base_url.as_deref(), headers);
        let authority = |url: &str| {
            let uri = url.parse::<axum::http::Uri>().ok()?;
            uri.authority()
                .map(|authority| authority.as_str().to_owned())
        };
        let is_own = authority(origin).is_some_and(|from| Some(from) == authority(own.base()));
        if is_own || settings.allowed_origins.iter().any(|one| one == origin) {
            Ok(())
        } else {
            Err(WebError::ForeignSite)
        }
    }

    /// Finds out who a request comes from.
    pub(crate) async fn establish(parts: &Parts, state: &WebState) -> Result<Self, WebError> {
        let headers = &parts.headers;
        if state.settings.dev {
            // A page elsewhere whose name was rebound to the loopback address carries its own name.
            if !is_loopback(headers) {
                return Err(WebError::ForeignHost);
            }
            own_site(&parts.method, headers, &state.settings.allowed_origins)?;
            let institution = state.settings.institution.clone();
            return Ok(Self {
                actor: Actor::Developer { institution },
                refused: false,
            });
        }
        let presented = token::presented(headers);
        let is_bearer = matches!(presented, Some(Presented::Bearer(_)));
        let token = match presented {
            None => {
                // Another scheme than Bearer.
                let refused = headers.contains_key(header::AUTHORIZATION);
                let actor = Actor::Anonymous;
                return Ok(Self { actor, refused });
            }
            Some(Presented::Bearer(token)) => token,
            Some(Presented::Cookie(token)) => {
                own_site(&parts.method, headers, &state.settings.allowed_origins)?;
                token
            }
        };
        let hash = accounts::hash(&token);
        // Our own tokens have no stops in them: those are the signed ones of a provider (RFC 7515 §3.1).
        if is_bearer && token.contains('.') {
            let program = providers::program(state, &token).await?;
            let refused = program.is_none();
            let actor = program.unwrap_or(Actor::Anonymous);
            return Ok(Self { actor, refused });
        }
        let actor = match person(state, &hash).await? {
            Some(person) => person,
            None if is_bearer => program(state, &hash).await?.unwrap_or(Actor::Anonymous),
            None => Actor::Anonymous,
        };
        let refused = matches!(actor, Actor::Anonymous);
        Ok(Self { actor, refused })
    }
}

/// Whose session it is.
async fn person(state: &WebState, hash: &[u8; 32]) -> Result<Option<Actor>, WebError> {
    let session = state.database.session(hash).await?;
    let session = session.filter(|session| session.expires > state.clock.now());
    Ok(session.map(|session| Actor::User {
        name: session.user,
        institution: session.institution,
        standing: session.standing,
        roles: session.roles,
    }))
}

/// Which program's token it is.
async fn program(state: &WebState, hash: &[u8; 32]) -> Result<Option<Actor>, WebError> {
    let token = state.database.token(hash).await?;
    let token = token.filter(|(token, _)| token.expires > state.clock.now());
    Ok(token.map(|(token, standing)| Actor::Program {
        name: token.name,
        institution: token.institution,
        standing,
        operations: token.operations,
    }))
}

impl FromRequestParts<WebState> for Caller {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, WebError> {
        match parts.extensions.get::<Self>() {
            Some(caller) => Ok(caller.clone()),
            None => Self::establish(parts, state).await,
        }
    }
}

/// Refuses a request that another site had the browser send: what a credential that browsers add
/// by themselves lets through must come from our own pages. Reading needs no check, since other
/// sites cannot see the answer. Pages of allowed origins count as our own.
fn own_site(method: &Method, headers: &HeaderMap, allowed: &[String]) -> Result<(), WebError> {
    let origin = headers.get(header::ORIGIN);
    let origin = origin.and_then(|origin| origin.to_str().ok());
    if origin.is_some_and(|origin| allowed.iter().any(|one| one == origin)) {
        return Ok(());
    }
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    match site {
        Some(b"cross-site" | b"same-site") if !method.is_safe() => Err(WebError::ForeignSite),
        _ => Ok(()),
    }
}

/// Whether the Host header, where there is one, names the loopback interface.
fn is_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST) else {
        return true;
    };
    let Ok(authority) = host
        .to_str()
        .unwrap_or_default()
        .parse::<axum::http::uri::Authority>()
    else {
        return false;
    };
    let host = authority.host().trim_matches(['[', ']']);
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let name = axum::http::HeaderName::from_static(name);
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn a_developer_comes_by_a_loopback_name() {
        for host in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "a.localhost",
        ] {
            assert!(is_loopback(&with("host", host)), "{host}");
        }
        for host in [
            "example.org",
            "localhost.example.org:8080",
            "10.0.0.1",
            "",
            "a b",
        ] {
            assert!(!is_loopback(&with("host", host)), "{host}");
        }
    }

    #[test]
    fn another_site_changes_nothing() {
        let foreign = with("sec-fetch-site", "cross-site");
        assert!(own_site(&Method::POST, &foreign, &[]).is_err());
        assert!(own_site(&Method::GET, &foreign, &[]).is_ok());
        assert!(own_site(&Method::POST, &with("sec-fetch-site", "same-origin"), &[]).is_ok());
        assert!(own_site(&Method::POST, &HeaderMap::new(), &[]).is_ok());
        let mut allowed = foreign.clone();
        let viewer = "https://viewer.example.org";
        allowed.insert(header::ORIGIN, viewer.parse().unwrap());
        assert!(own_site(&Method::POST, &allowed, &[viewer.into()]).is_ok());
        assert!(own_site(&Method::POST, &allowed, &["https://other".into()]).is_err());
    }
}
