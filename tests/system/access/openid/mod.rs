//! Sign-in by an OpenID provider and tokens of its programs, judged by a certified implementation.

mod browser;

use anyhow::{Result, ensure};
use browser::{Browser, target};
use serde_json::Value;
use testkit::{
    http::get,
    server::{Server, Setup},
    services::openid::{AUDIENCE, OpenId},
};

/// What a search answers that may be made and finds nothing.
const ALLOWED: u16 = 204;

/// A provider and a server that knows it as `city`.
struct City {
    provider: OpenId,
    server: Server,
}

impl City {
    fn start() -> Result<Self> {
        let provider = OpenId::start()?;
        let more = format!(
            "[[openid]]\nid = \"city\"\nlabel = \"City login\"\nissuer = {:?}\nclient_id = \"yingyun\"\n\
             client_secret_file = {:?}\nscopes = [\"profile\", \"groups\"]\nroles_claim = \"groups\"\n\
             roles = {{ imaging = \"radiologist\", wards = \"physician\", it-security = \"security_administrator\" }}\n\
             audience = {AUDIENCE:?}\noperations = [\"query\", \"retrieve\"]\ntimeout_seconds = 2\n",
            provider.issuer(),
            provider.secret_file()?,
        );
        let setup = Setup {
            guarded: true,
            more,
            ..Setup::default()
        };
        let city = Self {
            provider,
            server: setup.start()?,
        };
        city.provider.begin(&city.back(), None, "kept")?;
        Ok(city)
    }

    fn door(&self) -> String {
        format!("{}/api/session/openid/city", self.server.url())
    }

    /// Where the provider sends browsers back to.
    fn back(&self) -> String {
        format!("{}/callback", self.door())
    }

    /// Begins a sign-in, and is at the provider as somebody; the address to come back to.
    fn signed_in_there(&self, browser: &mut Browser, person: &str) -> Result<String> {
        let door = format!("{}?to=/viewer%3Fstudy=1.2", self.door());
        let begun = browser.get(&door)?.expect(303)?;
        browser.through(&target(&door, &begun)?, person, &self.back())
    }

    /// Comes back; where one is sent then.
    fn come_back(&self, browser: &mut Browser, back: &str) -> Result<String> {
        let response = browser.get(back)?.expect(303)?;
        let to = target(back, &response)?;
        let own = self.server.url();
        Ok(to.strip_prefix(&own).unwrap_or(&to).to_owned())
    }

    fn sign_in(&self, person: &str) -> Result<(Browser, String)> {
        let mut browser = Browser::default();
        let back = self.signed_in_there(&mut browser, person)?;
        let to = self.come_back(&mut browser, &back)?;
        Ok((browser, to))
    }

    fn info(&self, browser: &mut Browser) -> Result<Value> {
        let url = format!("{}/api/info", self.server.url());
        browser.get(&url)?.expect(200)?.json()
    }

    fn search(&self, token: &str) -> Result<u16> {
        let search = self.server.dicom_web("GET", "/studies?PatientID=X");
        let search = search.header("Authorization", &format!("Bearer {token}"));
        Ok(search.send()?.status)
    }
}

#[test]
fn people_sign_in_by_their_own_provider_and_are_what_it_says() -> Result<()> {
    let city = City::start()?;
    let nobody = city.info(&mut Browser::default())?;
    ensure!(nobody["openid"][0]["label"] == "City login", "{nobody}");
    let (mut browser, to) = city.sign_in("zhang")?;
    ensure!(to == "/viewer?study=1.2", "{to}");
    ensure!(browser.cookie("yingyun_openid").is_none());
    let info = city.info(&mut browser)?;
    ensure!(info["user"] == "zhang.san", "{info}");
    let roles = info["roles"].to_string();
    ensure!(
        roles == r#"["radiologist","physician"]"# || roles == r#"["physician","radiologist"]"#,
        "{info}"
    );
    // Again: the same account, and one deed that made it.
    let (mut again, _) = city.sign_in("zhang")?;
    ensure!(city.info(&mut again)?["user"] == "zhang.san");
    let (mut keeper, _) = city.sign_in("keeper")?;
    let users = format!("{}/api/admin/users", city.server.url());
    keeper.get(&users)?.expect(200)?;
    browser.get(&users)?.expect(403)?;
    let deeds = city.server.verb(&["deeds"])?.successful()?.text;
    let made = deeds.lines().filter(|line| line.contains("openid:city"));
    ensure!(made.count() == 2, "{deeds}");
    // Locked here, whatever the provider says.
    let lock = format!("{users}/zhang.san/lock");
    let session = format!(
        "yingyun_session={}",
        keeper.cookie("yingyun_session").unwrap_or_default()
    );
    let lock = testkit::http::Request::new("PUT", &lock).header("Cookie", &session);
    lock.send()?.expect(204)?;
    ensure!(city.info(&mut browser)?["user"] == Value::Null);
    ensure!(city.sign_in("zhang")?.1 == "/?signin=locked");
    Ok(())
}

#[test]
fn who_is_nothing_here_or_has_anothers_name_does_not_come_in() -> Result<()> {
    let city = City::start()?;
    city.server.account("zhang.san", &["technologist"])?;
    for (person, expected) in [
        ("zhang", "/?signin=taken"),
        ("nobody", "/?signin=role"),
        ("nameless", "/?signin=nameless"),
    ] {
        let (browser, to) = city.sign_in(person)?;
        ensure!(to == expected, "{person}: {to}");
        ensure!(browser.cookie("yingyun_session").is_none(), "{person}");
    }
    // The provider's own no.
    let mut browser = Browser::default();
    let begun = browser.get(&city.door())?.expect(303)?;
    let url = target(&city.door(), &begun)?;
    let state = url.split('&').find(|pair| pair.starts_with("state="));
    let state = state.unwrap_or_default();
    let refused = format!("{}?error=access_denied&{state}", city.back());
    ensure!(city.come_back(&mut browser, &refused)? == "/?signin=refused");
    Ok(())
}

#[test]
fn what_comes_back_belongs_to_what_this_browser_began() -> Result<()> {
    let city = City::start()?;
    let foreign = "/?signin=foreign";
    let mut browser = Browser::default();
    let back = city.signed_in_there(&mut browser, "zhang")?;
    // Somebody else's browser is led there: no cookie, or one of its own sign-in.
    ensure!(city.come_back(&mut Browser::default(), &back)? == foreign);
    let mut other = Browser::default();
    other.get(&city.door())?.expect(303)?;
    ensure!(city.come_back(&mut other, &back)? == foreign);
    ensure!(other.cookie("yingyun_session").is_none());
    // Another provider's answer (RFC 9207), no state, another state.
    let issuer = testkit::http::encode(&city.provider.issuer());
    ensure!(back.contains(&issuer), "{back}");
    let state = |back: &str| {
        back.split(['?', '&'])
            .find(|pair| pair.starts_with("state="))
            .map(str::to_owned)
    };
    let own = state(&back).unwrap_or_default();
    for wrong in [
        back.replace(&issuer, "https%3A%2F%2Felsewhere.example.org"),
        back.replace(&own, ""),
        back.replace(&own, "state=AAAA"),
        format!("{}?{own}", city.back()),
    ] {
        let mut browser = browser.clone();
        let to = city.come_back(&mut browser, &wrong)?;
        ensure!(
            to == foreign && browser.cookie("yingyun_session").is_none(),
            "{wrong}: {to}"
        );
    }
    // The right one comes in; replayed, by the same browser, it does not: the code is spent.
    let before = browser.clone();
    ensure!(city.come_back(&mut browser, &back)? == "/viewer?study=1.2");
    let mut replayed = before;
    ensure!(city.come_back(&mut replayed, &back)? == "/?signin=refused");
    ensure!(city.come_back(&mut browser, &back)? == foreign);
    let log = city.server.log();
    let code = back
        .split(['?', '&'])
        .find_map(|pair| pair.strip_prefix("code="));
    ensure!(
        !log.contains(code.unwrap_or("code=")),
        "a code is in the log"
    );
    Ok(())
}

#[test]
fn a_wrong_id_token_opens_nothing() -> Result<()> {
    let city = City::start()?;
    let wrong = [
        "nonce",
        "audience",
        "issuer",
        "issuers",
        "party",
        "subject",
        "expired",
        "early",
        "endless",
        "critical",
        "none",
        "unsigned",
        "confused-pem",
        "confused-jwk",
        "stranger",
        "stranger-named",
        "brought",
    ];
    for kind in wrong {
        city.provider.begin(&city.back(), Some(kind), "kept")?;
        let (browser, to) = city.sign_in("zhang")?;
        ensure!(to == "/?signin=token", "{kind}: {to}");
        ensure!(browser.cookie("yingyun_session").is_none(), "{kind}");
    }
    // The same tampering, with nothing wrong: what was refused was the token.
    for kind in ["good", "good-curve"] {
        city.provider.begin(&city.back(), Some(kind), "kept")?;
        ensure!(city.sign_in("zhang")?.1 == "/viewer?study=1.2", "{kind}");
    }
    let metrics = get(&format!("{}/metrics", city.server.url()))
        .send()?
        .text();
    let counted = format!(
        "http_openid_sign_ins_total{{outcome=\"token\"}} {}",
        wrong.len()
    );
    ensure!(metrics.contains(&counted), "{metrics}");
    Ok(())
}

#[test]
fn programs_come_with_the_providers_tokens() -> Result<()> {
    let mut city = City::start()?;
    let query = "openid yingyun:query";
    let basic = "Basic Z2F0ZXdheTphK3NlY3JldCtvZis0MytsZXR0ZXJzJTJDKyUyQislMkYrJTNBKyUyNithbW9uZyt0aGVtLg==";
    let granted = city.provider.grant(basic, "yingyun:query")?.expect(200)?;
    let granted = granted.json()?["access_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let status = city.search(&granted)?;
    ensure!(status == ALLOWED, "{status}: {}", city.server.log());
    for kind in ["good", "good-curve"] {
        ensure!(
            city.search(&city.provider.token(kind, query)?)? == ALLOWED,
            "{kind}"
        );
    }
    for kind in [
        "audience",
        "issuer",
        "issuers",
        "expired",
        "early",
        "endless",
        "critical",
        "kind",
        "none",
        "unsigned",
        "confused-pem",
        "confused-jwk",
        "stranger",
        "stranger-named",
        "brought",
        "altered",
    ] {
        let token = city.provider.token(kind, query)?;
        ensure!(city.search(&token)? == 401, "{kind}");
    }
    for broken in [
        "..",
        "a.b.c",
        &format!("{granted}."),
        granted.trim_end_matches(|c| c != '.'),
    ] {
        ensure!(city.search(broken)? == 401, "{broken}");
    }
    // What it does not say, and what it says beyond the configuration.
    for scope in [
        "yingyun:retrieve",
        "query",
        "openid",
        "yingyun:store yingyun:delete",
    ] {
        ensure!(
            city.search(&city.provider.token("good", scope)?)? == 403,
            "{scope}"
        );
    }
    let all = city
        .provider
        .token("good", "yingyun:query yingyun:store yingyun:delete")?;
    let stow = city.server.dicom_web("POST", "/studies");
    let stow = stow
        .header("Authorization", &format!("Bearer {all}"))
        .header("Content-Type", testkit::multipart::STOW_TYPE);
    ensure!(stow.send()?.status == 403);
    // A token is no cookie.
    let cookie = format!("yingyun_session={all}");
    let search = city
        .server
        .dicom_web("GET", "/studies")
        .header("Cookie", &cookie);
    ensure!(search.send()?.status == 401);
    // Other keys: old tokens are strangers', new ones are known once the keys may be asked for again.
    let asked = city.provider.keys_asked()?;
    city.provider.begin(&city.back(), None, "new")?;
    let new = city.provider.token("good", query)?;
    let begun = std::time::Instant::now();
    while city.search(&new)? != ALLOWED {
        ensure!(begun.elapsed().as_secs() < 15, "new keys are not seen");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    ensure!(
        city.search(&granted)? == 401,
        "a token of keys that are gone"
    );
    ensure!(
        city.provider.keys_asked()? <= asked + 3,
        "keys are asked for without a pause"
    );
    // Without the provider its keys serve on; whom they do not know, nobody can tell.
    city.provider.stop()?;
    ensure!(city.search(&new)? == ALLOWED);
    let door = get(&city.door()).send()?;
    ensure!(door.status == 303, "its doors are known");
    Ok(())
}

#[test]
fn a_provider_that_does_not_answer_is_said_not_to() -> Result<()> {
    let mut city = City::start()?;
    let token = city.provider.token("good", "yingyun:query")?;
    city.provider.stop()?;
    let begun = get(&city.door()).send()?.expect(303)?;
    ensure!(begun.header("location") == Some("/?signin=unreachable"));
    // Nobody can tell whether it is right: neither 200 nor 401.
    ensure!(city.search(&token)? == 503);
    Ok(())
}
