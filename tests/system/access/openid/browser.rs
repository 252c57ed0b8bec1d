//! A browser as far as sign-in needs one: it keeps cookies and goes where it is sent.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use testkit::http::{Request, Response, encode};

/// Cookies of 127.0.0.1: browsers send them to every port.
#[derive(Clone, Debug, Default)]
pub(super) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn get(&mut self, url: &str) -> Result<Response> {
        self.ask("GET", url, "")
    }

    /// One step; where it leads is [`target`]'s.
    fn ask(&mut self, method: &str, url: &str, form: &str) -> Result<Response> {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::new(method, url).header("Cookie", &pairs.join("; "));
        if method == "POST" {
            request = request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        let response = request.send_bytes(form.as_bytes())?;
        let set = response
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        for (_, cookie) in set {
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').context("no cookie")?;
            match value {
                "" => self.cookies.remove(name),
                _ => self.cookies.insert(name.into(), value.into()),
            };
        }
        Ok(response)
    }

    /// Signs in at the provider's forms: from its door to the address that it sends the browser back to.
    pub(super) fn through(&mut self, door: &str, person: &str, back: &str) -> Result<String> {
        let mut url = door.to_owned();
        for _ in 0..12 {
            if url.starts_with(back) {
                return Ok(url);
            }
            let response = self.get(&url)?;
            if response.status == 303 {
                url = target(&url, &response)?;
                continue;
            }
            let page = response.expect(200)?.text();
            let prompt = ["login", "consent"]
                .into_iter()
                .find(|prompt| page.contains(&format!("name=\"prompt\" value=\"{prompt}\"")));
            let prompt = prompt.with_context(|| format!("no form: {page}"))?;
            let form = format!("prompt={prompt}&login={}&password=any", encode(person));
            let response = self.ask("POST", &url, &form)?;
            url = target(&url, &response)?;
        }
        bail!("the provider leads around in circles: {url}")
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }
}

/// Where a browser is sent to.
pub(super) fn target(from: &str, response: &Response) -> Result<String> {
    let status = response.status;
    let to = response.header("location");
    let to = to.with_context(|| format!("{status} leads nowhere: {}", response.text()))?;
    if !to.starts_with('/') {
        return Ok(to.replace("//localhost:", "//127.0.0.1:"));
    }
    let origin = from
        .match_indices('/')
        .nth(2)
        .map_or(from, |(at, _)| &from[..at]);
    Ok(format!("{origin}{to}"))
}
