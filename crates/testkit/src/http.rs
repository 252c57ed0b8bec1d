//! A blocking HTTP/1.1 client: one connection a request, or one kept for many.

use std::{
    io::{BufRead, BufReader, Read, Write, copy},
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A request in the making.
#[derive(Debug)]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
}

/// An answer.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, transfer coding undone.
    pub body: Vec<u8>,
}

/// GET `url`.
pub fn get(url: &str) -> Request {
    Request::new("GET", url)
}

/// POST to `url`.
pub fn post(url: &str) -> Request {
    Request::new("POST", url)
}

impl Request {
    /// A request by method and `http://` URL.
    pub fn new(method: &str, url: &str) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
        }
    }

    /// Adds a header field.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends it without a body.
    pub fn send(self) -> Result<Response> {
        self.send_from(&mut std::io::empty(), 0)
    }

    /// Sends it with a body.
    pub fn send_bytes(self, body: &[u8]) -> Result<Response> {
        self.send_from(&mut &body[..], body.len() as u64)
    }

    /// Sends it with a body of `length` bytes that a reader gives.
    pub fn send_from(self, body: &mut dyn Read, length: u64) -> Result<Response> {
        let mut collected = Vec::new();
        let mut response = self.exchange(body, length, &mut collected)?;
        response.body = collected;
        Ok(response)
    }

    /// Sends it without a body and writes the answer's body into `sink`.
    pub fn send_into(self, sink: &mut dyn Write) -> Result<Response> {
        self.exchange(&mut std::io::empty(), 0, sink)
    }

    fn exchange(self, body: &mut dyn Read, length: u64, sink: &mut dyn Write) -> Result<Response> {
        let rest = self
            .url
            .strip_prefix("http://")
            .context("only http:// URLs")?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let path = if path.is_empty() { "/" } else { path };
        let mut stream = connect(authority)?;
        let mut head = format!("{} {path} HTTP/1.1\r\nHost: {authority}\r\n", self.method);
        head.push_str("Connection: close\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if length > 0 || matches!(self.method.as_str(), "POST" | "PUT") {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        head.push_str("\r\n");
        // A server may answer and close before it took the whole body: then its answer counts.
        let sent = stream
            .write_all(head.as_bytes())
            .and_then(|()| send_body(&mut stream, body, length));
        let mut reader = BufReader::with_capacity(256 * 1024, stream);
        let answer = read_response(&mut reader, &self.method, sink);
        match (answer, sent) {
            (Ok(response), _) => Ok(response),
            (Err(_), Err(error)) => Err(error).context("the request could not be sent"),
            (Err(error), Ok(())) => Err(error),
        }
        .with_context(|| format!("{} {}", self.method, self.url))
    }
}

fn connect(authority: &str) -> Result<TcpStream> {
    let address = authority.to_socket_addrs()?.next().context("no address")?;
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(180)))?;
    stream.set_write_timeout(Some(Duration::from_secs(180)))?;
    Ok(stream)
}

/// A connection that is kept from one GET to the next.
#[derive(Debug)]
pub struct Connection {
    authority: String,
    reader: BufReader<TcpStream>,
}

impl Connection {
    /// Connects to the server of an `http://` URL.
    pub fn open(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("http://").context("only http:// URLs")?;
        let authority = &rest[..rest.find('/').unwrap_or(rest.len())];
        Ok(Self {
            authority: authority.into(),
            reader: BufReader::with_capacity(256 * 1024, connect(authority)?),
        })
    }

    /// GET of a path; the answer's body goes into `body`, whose content is replaced.
    ///
    /// # Errors
    /// Also when the server says that it closes the connection: it is not opened again.
    pub fn get(&mut self, path: &str, accept: &str, body: &mut Vec<u8>) -> Result<Response> {
        let Self { authority, reader } = self;
        let head = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nAccept: {accept}\r\n\r\n");
        reader.get_mut().write_all(head.as_bytes())?;
        body.clear();
        let answer = read_response(reader, "GET", body).with_context(|| format!("GET {path}"))?;
        let closes = answer
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"));
        if closes {
            bail!("the server closes the connection after {path}");
        }
        Ok(answer)
    }
}

fn send_body(stream: &mut TcpStream, body: &mut dyn Read, length: u64) -> std::io::Result<()> {
    let mut buffer = vec![0; 256 * 1024];
    let mut left = length;
    while left > 0 {
        let chunk = left.min(buffer.len() as u64) as usize;
        body.read_exact(&mut buffer[..chunk])?;
        stream.write_all(&buffer[..chunk])?;
        left -= chunk as u64;
    }
    Ok(())
}

fn line(reader: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        bail!("the server closed the connection");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn read_response(
    reader: &mut impl BufRead,
    method: &str,
    sink: &mut dyn Write,
) -> Result<Response> {
    let (status, headers) = loop {
        let first = line(reader)?;
        let status = first.split(' ').nth(1).context("no status")?.parse()?;
        let mut headers = Vec::new();
        loop {
            let field = line(reader)?;
            let Some((name, value)) = field.split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        if status != 100 {
            break (status, headers);
        }
    };
    let response = Response {
        status,
        headers,
        body: Vec::new(),
    };
    if method == "HEAD" || status == 204 || status == 304 {
        return Ok(response);
    }
    if response
        .header("transfer-encoding")
        .is_some_and(|v| v.contains("chunked"))
    {
        loop {
            let size = line(reader)?;
            let size = u64::from_str_radix(size.split(';').next().unwrap_or(""), 16)
                .context("a chunk without its size")?;
            let copied = copy(&mut reader.take(size), sink)?;
            if copied != size {
                bail!("a chunk of {size} bytes broke off after {copied}");
            }
            line(reader)?;
            if size == 0 {
                return Ok(response);
            }
        }
    }
    match response.header("content-length") {
        Some(length) => {
            let length: u64 = length.parse()?;
            let copied = copy(&mut reader.take(length), sink)?;
            if copied != length {
                bail!("a body of {length} bytes broke off after {copied}");
            }
        }
        None => {
            copy(reader, sink)?;
        }
    }
    Ok(response)
}

impl Response {
    /// A header field by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Fails with the server's own words unless the status is `status`.
    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status == status {
            Ok(self)
        } else {
            bail!(
                "status {} where {status} was expected: {}",
                self.status,
                self.text()
            )
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("not JSON: {}", self.text()))
    }
}

/// A text as a query value: every byte but the unreserved ones percent-encoded.
pub fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    #[test]
    fn one_connection_takes_many_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let mut reader = BufReader::new(listener.accept().unwrap().0);
            let mut seen = Vec::new();
            for body in ["one", "eleven"] {
                seen.push(line(&mut reader).unwrap());
                while !line(&mut reader).unwrap().is_empty() {}
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
                reader.get_mut().write_all(answer.as_bytes()).unwrap();
            }
            seen
        });
        let mut connection = Connection::open(&url).unwrap();
        let mut body = Vec::new();
        for (path, expected) in [("/a", "one"), ("/b", "eleven")] {
            let answer = connection.get(path, "*/*", &mut body).unwrap();
            assert_eq!((answer.status, &body[..]), (200, expected.as_bytes()));
        }
        assert_eq!(
            server.join().unwrap(),
            ["GET /a HTTP/1.1", "GET /b HTTP/1.1"]
        );
    }
}
