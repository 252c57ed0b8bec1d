//! One provider: where its doors are, and what goes through them.

use std::time::{Duration, Instant};

use reqwest::{Client, Url};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{
    Errand, Identity, Machine, OpenIdError, fetch,
    issuer::is_trusted,
    keys::Keys,
    signatures,
    token::{self, Claims, text},
};

/// What is known of a provider's doors is asked for again after so long.
const FRESH: Duration = Duration::from_secs(3600);
/// A provider that does not tell is asked at most so often.
const AGAIN: Duration = Duration::from_secs(5);

/// What an operator says of a provider.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its identifier: below it lies its description (OpenID Connect Discovery 1.0 §4).
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What it knows us by; none: a public client.
    pub client_secret: Option<ClientSecret>,
    /// What it is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that names the account.
    pub name_claim: String,
    /// The claim that tells what somebody is.
    pub roles_claim: String,
    /// Whom the tokens of programs must be made for; none: no program comes with its tokens.
    pub audience: Option<String>,
    /// How long it may take to answer.
    pub timeout: Duration,
}

/// A client's secret; never shown.
#[derive(Clone)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// Of its text.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// A provider; nothing is asked of it before somebody needs it.
#[derive(Debug)]
pub struct Provider {
    settings: Settings,
    client: Client,
    doors: Mutex<Kept>,
    keys: Keys,
}

/// The doors as they were last seen.
#[derive(Debug, Default)]
struct Kept {
    doors: Option<(Doors, Instant)>,
    /// When it last failed to tell.
    failed: Option<Instant>,
}

/// Where a provider is asked for what.
#[derive(Clone, Debug)]
struct Doors {
    authorization: Url,
    token: Url,
    keys: Url,
    userinfo: Option<Url>,
    takes_basic: bool,
}

/// How a provider describes itself (OpenID Connect Discovery 1.0 §3).
#[derive(Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: String,
}

/// What a token endpoint says when it gives nothing (RFC 6749 §5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Provider {
    /// Of its settings.
    pub fn new(settings: Settings) -> Result<Self, OpenIdError> {
        signatures::install();
        let issuer = &settings.issuer;
        if !Url::parse(issuer).is_ok_and(|url| is_trusted(&url)) {
            return Err(OpenIdError::Issuer(issuer.clone()));
        }
        Ok(Self {
            client: fetch::client(settings.timeout)?,
            settings,
            doors: Mutex::default(),
            keys: Keys::default(),
        })
    }

    /// Its identifier.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where the browser goes to sign in; from there it comes back to `redirect`.
    pub async fn begin(&self, errand: &Errand, redirect: &str) -> Result<Url, OpenIdError> {
        let mut url = self.doors().await?.authorization;
        let scope =
            std::iter::once("openid").chain(self.settings.scopes.iter().map(String::as_str));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", &scope.collect::<Vec<_>>().join(" "))
            .append_pair("state", &errand.state())
            .append_pair("nonce", &errand.nonce())
            .append_pair("code_challenge", &errand.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Who came back: `query` is the query of the address that the provider sent the browser to.
    pub async fn finish(
        &self,
        errand: &Errand,
        query: &str,
        redirect: &str,
    ) -> Result<Identity, OpenIdError> {
        let answer = Answer::parse(query);
        if !answer.state.is_some_and(|state| errand.has_state(&state)) {
            return Err(OpenIdError::Foreign);
        }
        // Another provider's answer (RFC 9207 §2.4).
        if answer.iss.is_some_and(|iss| iss != self.settings.issuer) {
            return Err(OpenIdError::Foreign);
        }
        if let Some(code) = answer.error {
            return Err(refused(&code));
        }
        let code = answer.code.ok_or(OpenIdError::Foreign)?;
        let doors = self.doors().await?;
        let tokens = self.exchange(&doors, errand, &code, redirect).await?;
        let audience = &self.settings.client_id;
        let mut claims = self.claims(&doors, &tokens.id_token, audience).await?;
        let nonce = text(&claims, "nonce").unwrap_or_default();
        if !errand.has_nonce(nonce) {
            return Err(OpenIdError::Claim("it answers another question (nonce)"));
        }
        // Made for several: then for us in the first place (OpenID Connect Core 1.0 §3.1.3.7, 4 and 5).
        let is_for_several = claims["aud"].as_array().is_some_and(|all| all.len() > 1);
        let party = text(&claims, "azp");
        if party.is_some_and(|party| party != audience) || (is_for_several && party.is_none()) {
            return Err(OpenIdError::Claim("it was made for another party (azp)"));
        }
        self.complete(&doors, &tokens.access_token, &mut claims)
            .await?;
        let (name, roles) = (&self.settings.name_claim, &self.settings.roles_claim);
        Identity::read(&self.settings.issuer, &claims, name, roles)
    }

    /// The program that a token was made for.
    pub async fn machine(&self, token: &str) -> Result<Machine, OpenIdError> {
        let audience = self.settings.audience.as_ref();
        let audience = audience.ok_or(OpenIdError::Claim("its issuer speaks for no programs"))?;
        let head = token::head(token)?;
        let doors = self.doors().await?;
        let claims = self.claims(&doors, token, audience).await?;
        Machine::read(&head, &claims)
    }

    async fn claims(
        &self,
        doors: &Doors,
        token: &str,
        audience: &str,
    ) -> Result<Claims, OpenIdError> {
        let head = token::head(token)?;
        let kid = head.kid.as_deref();
        let keys = self.keys.find(&self.client, &doors.keys, kid).await?;
        token::claims(token, &head, &keys, &self.settings.issuer, audience)
    }

    /// Gives the code for tokens (RFC 6749 §4.1.3).
    async fn exchange(
        &self,
        doors: &Doors,
        errand: &Errand,
        code: &str,
        redirect: &str,
    ) -> Result<Tokens, OpenIdError> {
        const WHAT: &str = "the exchange of a code";
        let (id, secret) = (&self.settings.client_id, &self.settings.client_secret);
        let verifier = errand.verifier();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", &verifier),
        ];
        let mut request = self.client.post(doors.token.clone());
        match secret {
            Some(ClientSecret(secret)) if doors.takes_basic => {
                // RFC 6749 §2.3.1: both encoded as in a form.
                request = request.basic_auth(encoded(id), Some(encoded(secret)));
            }
            Some(ClientSecret(secret)) => {
                form.extend([("client_id", id.as_str()), ("client_secret", secret)]);
            }
            None => form.push(("client_id", id)),
        }
        let mut body = Url::parse("form:").map_err(|error| OpenIdError::Answer {
            what: WHAT,
            reason: error.to_string(),
        })?;
        body.query_pairs_mut().extend_pairs(form);
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.query().unwrap_or_default().to_owned());
        let response = fetch::send(WHAT, request).await?;
        let status = response.status().as_u16();
        let body = fetch::body(WHAT, response).await?;
        match status {
            200 => fetch::parse(WHAT, &body),
            400 | 401 => match serde_json::from_slice::<Refusal>(&body) {
                Ok(refusal) => Err(refused(&refusal.error)),
                Err(_) => Err(OpenIdError::Answer {
                    what: WHAT,
                    reason: format!("status {status}"),
                }),
            },
            status => Err(OpenIdError::Answer {
                what: WHAT,
                reason: format!("status {status}"),
            }),
        }
    }

    /// Asks for the claims that the ID token left out (OpenID Connect Core 1.0 §5.3).
    async fn complete(
        &self,
        doors: &Doors,
        access_token: &str,
        claims: &mut Claims,
    ) -> Result<(), OpenIdError> {
        let wanted = [&self.settings.name_claim, &self.settings.roles_claim].into_iter();
        let is_whole = wanted
            .map(|claim| claim.split('.').next().unwrap_or(claim))
            .all(|claim| claims.contains_key(claim));
        let Some(userinfo) = doors.userinfo.as_ref().filter(|_| !is_whole) else {
            return Ok(());
        };
        const WHAT: &str = "what it knows of a person";
        let request = self.client.get(userinfo.clone()).bearer_auth(access_token);
        let more = fetch::json::<Claims>(WHAT, request).await?;
        if text(&more, "sub") != text(claims, "sub") {
            return Err(OpenIdError::Claim("its claims are another person's (sub)"));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }

    async fn doors(&self) -> Result<Doors, OpenIdError> {
        // Whoever comes meanwhile waits for the one answer.
        let mut kept = self.doors.lock().await;
        if let Some((doors, read)) = kept.doors.as_ref()
            && read.elapsed() < FRESH
        {
            return Ok(doors.clone());
        }
        if kept.failed.is_some_and(|failed| failed.elapsed() < AGAIN) {
            return Err(OpenIdError::Down);
        }
        match self.description().await {
            Ok(doors) => {
                kept.doors = Some((doors.clone(), Instant::now()));
                Ok(doors)
            }
            Err(error) => {
                kept.failed = Some(Instant::now());
                Err(error)
            }
        }
    }

    async fn description(&self) -> Result<Doors, OpenIdError> {
        const WHAT: &str = "its description";
        let issuer = &self.settings.issuer;
        let below = issuer.trim_end_matches('/');
        let url = format!("{below}/.well-known/openid-configuration");
        let description = fetch::json::<Description>(WHAT, self.client.get(url)).await?;
        let doors = description.doors(issuer);
        doors.map_err(|reason| OpenIdError::Answer { what: WHAT, reason })
    }
}

impl Description {
    /// The doors, if it is the issuer's own and all can be believed; else what is wrong.
    fn doors(self, issuer: &str) -> Result<Doors, String> {
        if self.issuer != issuer {
            return Err("it names another issuer".into());
        }
        let door = |name: &str, text: &str| {
            let url = Url::parse(text).ok().filter(is_trusted);
            url.ok_or_else(|| format!("{name} is neither https nor http on the loopback"))
        };
        let userinfo = self.userinfo_endpoint.as_deref();
        let methods = self.token_endpoint_auth_methods_supported;
        Ok(Doors {
            authorization: door("authorization_endpoint", &self.authorization_endpoint)?,
            token: door("token_endpoint", &self.token_endpoint)?,
            keys: door("jwks_uri", &self.jwks_uri)?,
            userinfo: userinfo
                .map(|text| door("userinfo_endpoint", text))
                .transpose()?,
            // The default where nothing is said.
            takes_basic: methods
                .is_none_or(|methods| methods.iter().any(|one| one == "client_secret_basic")),
        })
    }
}

/// What the provider has the browser bring back (RFC 6749 §4.1.2).
#[derive(Default)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

impl Answer {
    fn parse(query: &str) -> Self {
        let mut answer = Self::default();
        let Ok(url) = Url::parse(&format!("query:?{query}")) else {
            return answer;
        };
        for (name, value) in url.query_pairs() {
            let slot = match name.as_ref() {
                "code" => &mut answer.code,
                "state" => &mut answer.state,
                "iss" => &mut answer.iss,
                "error" => &mut answer.error,
                _ => continue,
            };
            *slot = Some(value.into_owned());
        }
        answer
    }
}

/// A refusal, with no more of its code than a code is made of.
fn refused(code: &str) -> OpenIdError {
    let is_code = |letter: &char| letter.is_ascii_alphanumeric() || "_-.".contains(*letter);
    OpenIdError::Refused {
        code: code.chars().filter(is_code).take(64).collect(),
    }
}

/// A text as in a form.
fn encoded(text: &str) -> String {
    let Ok(mut url) = Url::parse("form:") else {
        return String::new();
    };
    url.query_pairs_mut().append_key_only(text);
    url.query().unwrap_or_default().to_owned()
}
