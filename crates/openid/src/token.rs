//! What is checked of a token (OpenID Connect Core 1.0 §3.1.3.7, RFC 9068 §4).

use jsonwebtoken::{DecodingKey, Header, Validation, errors::ErrorKind, jwk::Jwk};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{OpenIdError, signatures};

/// How far a provider's clock may be off, seconds.
const LEEWAY: u64 = 60;

/// What a token says.
pub(crate) type Claims = Map<String, Value>;

/// A program that comes with a provider's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// What the provider calls it: `client_id`, else `azp`, else `sub`.
    pub name: String,
    /// What it may ask for, as the provider says (RFC 6749 §3.3).
    pub scopes: Vec<String>,
}

/// Who a token says that it comes from: to know whom to ask, believed by nobody.
pub fn issuer_of(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct From {
        iss: String,
    }
    let from = jsonwebtoken::dangerous::insecure_decode_claims::<From>(token);
    from.ok().map(|from| from.iss)
}

/// The head of a token whose signature can be checked: not one of a shared secret, nor none.
pub(crate) fn head(token: &str) -> Result<Header, OpenIdError> {
    let head = jsonwebtoken::decode_header(token).map_err(OpenIdError::Token)?;
    if !signatures::is_known(head.alg) {
        let error = ErrorKind::InvalidAlgorithm.into();
        return Err(OpenIdError::Token(error));
    }
    // What must be understood and is not (RFC 7515 §4.1.11).
    if head.crit.is_some() {
        return Err(OpenIdError::Claim("its head has critical extensions"));
    }
    Ok(head)
}

/// What a token says, once one of the keys has signed it, for the audience, by the issuer, in its time.
pub(crate) fn claims(
    token: &str,
    head: &Header,
    keys: &[Jwk],
    issuer: &str,
    audience: &str,
) -> Result<Claims, OpenIdError> {
    let mut validation = Validation::new(head.alg);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let mut refused = ErrorKind::InvalidSignature.into();
    for key in keys.iter().filter(|key| suits(key, head)) {
        let Ok(key) = DecodingKey::from_jwk(key) else {
            continue;
        };
        match jsonwebtoken::decode::<Claims>(token, &key, &validation) {
            // One issuer: an array of several, ours among them, is somebody else's invention.
            Ok(token) if text(&token.claims, "iss") == Some(issuer) => return Ok(token.claims),
            Ok(_) => refused = ErrorKind::InvalidIssuer.into(),
            Err(error) => refused = error,
        }
    }
    Err(OpenIdError::Token(refused))
}

/// Whether a key is meant for the algorithm, where it says one.
fn suits(key: &Jwk, head: &Header) -> bool {
    let stated = key.common.key_algorithm.map(|stated| stated.to_string());
    stated.is_none_or(|stated| stated == format!("{:?}", head.alg))
}

/// The text of a claim.
pub(crate) fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// The texts of a claim: of an array, or of one text with spaces between. `a.b` is `b` within `a`.
pub(crate) fn texts(claims: &Claims, path: &str) -> Vec<String> {
    let found = claims.get(path).or_else(|| {
        let mut names = path.split('.');
        let first = claims.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name))
    });
    match found {
        Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(values)) => {
            let texts = values.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

impl Machine {
    /// Who comes with an access token.
    pub(crate) fn read(head: &Header, claims: &Claims) -> Result<Self, OpenIdError> {
        let kind = head.typ.as_deref().map(str::to_ascii_lowercase);
        let kind = kind.as_deref();
        let kind = kind.map(|kind| kind.strip_prefix("application/").unwrap_or(kind));
        if !matches!(kind, None | Some("jwt" | "at+jwt")) {
            return Err(OpenIdError::Claim("it is not an access token (typ)"));
        }
        let names = ["client_id", "azp", "sub"];
        let name = names.iter().find_map(|name| text(claims, name));
        let is_spelt =
            |name: &&str| name.len() <= 128 && name.bytes().all(|b| b.is_ascii_graphic());
        let name = name.filter(is_spelt);
        let name = name.ok_or(OpenIdError::Claim("it names no program"))?;
        let scope = texts(claims, "scope");
        let scopes = if scope.is_empty() {
            texts(claims, "scp")
        } else {
            scope
        };
        Ok(Self {
            name: name.to_owned(),
            scopes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_texts_arrays_and_within_others() {
        let claims = serde_json::json!({
            "groups": ["a b", 7, "c"], "scope": "x  y", "realm": {"roles": ["r"]}, "a.b": "whole"
        });
        let Value::Object(claims) = claims else {
            unreachable!()
        };
        assert_eq!(texts(&claims, "groups"), ["a b", "c"]);
        assert_eq!(texts(&claims, "scope"), ["x", "y"]);
        assert_eq!(texts(&claims, "realm.roles"), ["r"]);
        assert_eq!(texts(&claims, "a.b"), ["whole"]);
        assert!(texts(&claims, "realm.none").is_empty());
    }
}
