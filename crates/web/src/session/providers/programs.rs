//! Programs that come with a provider's token: what it says, and what the configuration lets it do at most.

use access::Actor;
use model::Operation;

use crate::{WebError, WebState};

/// What stands before the name of an operation in a scope.
const SCOPE: &str = "yingyun:";

/// Which program's token it is; none: nobody's that is known here.
pub(in crate::session) async fn program(
    state: &WebState,
    token: &str,
) -> Result<Option<Actor>, WebError> {
    let issuer = openid::issuer_of(token);
    let openid = issuer.and_then(|issuer| state.openid.of_programs(&issuer));
    let Some(openid) = openid else {
        return Ok(None);
    };
    let machine = match openid.provider.machine(token).await {
        Ok(machine) => machine,
        Err(error) if error.is_outage() => return Err(WebError::OpenId(error)),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(openid.provider = openid.id, error, "a token was refused");
            return Ok(None);
        }
    };
    let institution = state.database.institution(&openid.institution).await?;
    let is_said = |operation: &Operation| {
        let scopes = machine.scopes.iter();
        let mut named = scopes.filter_map(|scope| scope.strip_prefix(SCOPE));
        named.any(|name| name == operation.as_str())
    };
    let operations = openid.operations.iter().copied().filter(is_said);
    Ok(institution.map(|institution| Actor::Program {
        // No token of our own has a stroke in its name.
        name: format!("{}/{}", openid.id, machine.name),
        institution: openid.institution.clone(),
        standing: institution.standing,
        operations: operations.collect(),
    }))
}
