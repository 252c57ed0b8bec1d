//! How HTTP is spoken: versions, TLS, bounds, other sites' pages, with curl and openssl.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use testkit::{
    process::{run_command, tool},
    scratch::Scratch,
    server::{Server, Setup},
};

fn run(name: &str, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(tool(name)?);
    command.args(arguments);
    Ok(run_command(command, Duration::from_secs(30))?.text)
}

fn certificate(folder: &Path, name: &str) -> Result<()> {
    let key = folder.join("key.pem").display().to_string();
    let file = folder.join("certificate.pem").display().to_string();
    let subject = format!("/CN={name}");
    let mut arguments = vec!["req", "-x509", "-newkey", "ec", "-pkeyopt"];
    arguments.extend(["ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    arguments.extend(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
    arguments.extend(["-subj", &subject, "-keyout", &key, "-out", &file]);
    run("openssl", &arguments)?;
    ensure!(folder.join("certificate.pem").exists(), "no certificate");
    Ok(())
}

fn start(settings: &[(&str, &str)]) -> Result<Server> {
    let environment = settings
        .iter()
        .map(|(key, value)| (format!("YINGYUN_HTTP__{key}"), (*value).to_owned()))
        .collect();
    Setup {
        environment,
        ..Setup::default()
    }
    .start()
}

#[test]
fn http_2_is_spoken_by_prior_knowledge_beside_http_1() -> Result<()> {
    let server = Server::dev()?;
    let url = format!("{}/api/info", server.url());
    let said = run("curl", &["-sv", "--http2-prior-knowledge", &url])?;
    ensure!(said.contains("HTTP/2 200"), "{said}");
    let said = run("curl", &["-sv", "--http1.1", &url])?;
    ensure!(said.contains("HTTP/1.1 200 OK"), "{said}");
    // The authority of HTTP/2 is what Host is: another name is another site's (--dev).
    let foreign = [
        "-s",
        "--http2-prior-knowledge",
        "-H",
        "Host: evil.example",
        "-o",
        "/dev/null",
    ];
    let mut foreign = foreign.to_vec();
    let url = format!("{}/dicom-web/studies", server.url());
    foreign.extend(["-w", "%{http_code}", &url]);
    let said = run("curl", &foreign)?;
    ensure!(said.trim() == "403", "{said}");
    Ok(())
}

#[test]
fn tls_is_spoken_and_its_certificate_replaced_while_connections_are_open() -> Result<()> {
    let folder = Scratch::new("tls")?;
    certificate(folder.path(), "first")?;
    let file = folder.path().join("certificate.pem").display().to_string();
    let key = folder.path().join("key.pem").display().to_string();
    let server = tls_server(&file, &key)?;
    let address = server.url().replace("http://", "");
    let url = format!("https://{address}/api/info");

    let said = run("curl", &["-sv", "--http2", "--cacert", &file, &url])?;
    ensure!(said.contains("HTTP/2 200"), "{said}");
    ensure!(
        said.contains("strict-transport-security: max-age="),
        "{said}"
    );
    let said = run(
        "curl",
        &[
            "-sv",
            "--http1.1",
            "--tls-max",
            "1.2",
            "--cacert",
            &file,
            &url,
        ],
    )?;
    ensure!(said.contains("HTTP/1.1 200 OK"), "{said}");
    ensure!(said.contains("TLSv1.2"), "{said}");
    let study = format!("https://{address}/dicom-web/workitems/1.2/subscribers/A");
    let said = run(
        "curl",
        &["-s", "-i", "-X", "POST", "--cacert", &file, &study],
    )?;
    ensure!(said.contains("404"), "{said}");
    let plain = run(
        "curl",
        &["-s", "-o", "/dev/null", "-w", "%{http_code}", &server.url()],
    )?;
    ensure!(
        plain.trim().ends_with("000"),
        "in clear on the port of TLS: {plain}"
    );
    for version in ["-tls1_2", "-tls1_3"] {
        let said = s_client(&address, &[version, "-alpn", "h2,http/1.1"])?;
        ensure!(said.contains("ALPN protocol: h2"), "{said}");
    }
    let old = s_client(&address, &["-tls1_1"])?;
    ensure!(!old.contains("ALPN protocol"), "{old}");
    ensure!(
        s_client(&address, &[])?.contains("CN = first")
            || s_client(&address, &[])?.contains("CN=first")
    );

    certificate(folder.path(), "second")?;
    let began = Instant::now();
    loop {
        let said = s_client(&address, &[])?;
        if said.contains("CN = second") || said.contains("CN=second") {
            break;
        }
        ensure!(began.elapsed() < Duration::from_secs(30), "{said}");
        thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}

/// A server whose readiness is asked for over TLS.
fn tls_server(certificate: &str, key: &str) -> Result<Server> {
    let environment = vec![
        (
            "YINGYUN_HTTP__TLS__CERTIFICATE_FILE".into(),
            certificate.into(),
        ),
        ("YINGYUN_HTTP__TLS__KEY_FILE".into(), key.into()),
    ];
    Setup {
        environment,
        only_bound: true,
        ..Setup::default()
    }
    .start()
}

fn s_client(address: &str, arguments: &[&str]) -> Result<String> {
    let line = format!(
        "{} s_client -connect {address} {} </dev/null 2>&1",
        tool("openssl")?.display(),
        arguments.join(" ")
    );
    run("sh", &["-c", &line])
}

#[test]
fn pages_of_allowed_origins_only_may_ask() -> Result<()> {
    let server = start(&[("CORS__ALLOWED_ORIGINS", "[\"https://viewer.example\"]")])?;
    let url = format!("{}/dicom-web/studies", server.url());
    let preflight = |origin: &str| {
        let origin = format!("Origin: {origin}");
        let asks = "Access-Control-Request-Headers: authorization,range,if-none-match";
        let mut arguments = vec!["-s", "-i", "-X", "OPTIONS", "-H", &origin, "-H", asks];
        arguments.extend(["-H", "Access-Control-Request-Method: GET", &url]);
        run("curl", &arguments).map(|said| said.to_ascii_lowercase())
    };
    let said = preflight("https://viewer.example")?;
    ensure!(
        said.starts_with("http/1.1 200"),
        "no sign-in is asked for: {said}"
    );
    ensure!(
        said.contains("access-control-allow-origin: https://viewer.example"),
        "{said}"
    );
    ensure!(
        said.contains("access-control-allow-credentials: true"),
        "{said}"
    );
    for name in ["authorization", "range", "if-none-match"] {
        let allowed = said
            .lines()
            .find(|line| line.starts_with("access-control-allow-headers"));
        ensure!(
            allowed.is_some_and(|line| line.contains(name)),
            "{name}: {said}"
        );
    }
    let said = preflight("https://evil.example")?;
    ensure!(
        !said.contains("access-control-allow-origin: https://evil"),
        "{said}"
    );
    let origin = "Origin: https://viewer.example";
    let said = run("curl", &["-s", "-i", "-H", origin, &url])?.to_ascii_lowercase();
    ensure!(
        said.contains("access-control-allow-origin: https://viewer.example"),
        "{said}"
    );
    ensure!(
        said.contains("access-control-expose-headers:") && said.contains("etag"),
        "{said}"
    );
    ensure!(said.contains("vary:") && said.contains("origin"), "{said}");

    let closed = Server::dev()?;
    let url = format!("{}/dicom-web/studies", closed.url());
    let said = run("curl", &["-s", "-i", "-H", origin, &url])?.to_ascii_lowercase();
    ensure!(!said.contains("access-control-"), "off by default: {said}");
    Ok(())
}

#[test]
fn slow_and_long_heads_are_bounded() -> Result<()> {
    let server = start(&[
        ("HEAD_SECONDS", "2"),
        ("HEAD_BYTES", "8192"),
        ("CONNECTIONS", "3"),
    ])?;
    let address = server.url().replace("http://", "");
    let long = format!("X-Long: {}", "x".repeat(9000));
    for version in ["--http1.1", "--http2-prior-knowledge"] {
        let url = format!("{}/api/info", server.url());
        let arguments = [
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            version,
            "-H",
            &long,
            &url,
        ];
        let said = run("curl", &arguments)?;
        ensure!(said.trim() == "431", "{version}: {said}");
    }
    // Three that say nothing, or not all, take every place; they lose it in time.
    let mut slow = Vec::new();
    for begun in [
        &b""[..],
        b"GET / HTTP/1.1\r\nHost: local",
        b"PRI * HTTP/2.0",
    ] {
        let mut stream = TcpStream::connect(&address)?;
        stream.write_all(begun)?;
        stream.set_read_timeout(Some(Duration::from_secs(15)))?;
        slow.push(stream);
    }
    let began = Instant::now();
    for stream in &mut slow {
        let mut rest = Vec::new();
        // Closed, with or without a word; not left open.
        if let Err(error) = stream.read_to_end(&mut rest) {
            ensure!(
                error.kind() == std::io::ErrorKind::ConnectionReset,
                "{error}"
            );
        }
    }
    ensure!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    let url = format!("{}/api/info", server.url());
    let said = run(
        "curl",
        &["-s", "-o", "/dev/null", "-w", "%{http_code}", &url],
    )?;
    ensure!(said.trim() == "200", "{said}");
    Ok(())
}

#[test]
fn text_is_compressed_as_the_client_prefers() -> Result<()> {
    let server = Server::dev()?;
    let url = format!("{}/api/openapi.json", server.url());
    for (accept, coding) in [
        ("gzip", Some("gzip")),
        ("gzip;q=0.1, zstd;q=0.9, br;q=0.5", Some("zstd")),
        ("br", Some("br")),
        ("gzip;q=0", None),
    ] {
        let accept = format!("Accept-Encoding: {accept}");
        let said = run(
            "curl",
            &["-s", "-D", "-", "-o", "/dev/null", "-H", &accept, &url],
        )?;
        let said = said.to_ascii_lowercase();
        let found = said
            .lines()
            .find_map(|line| line.strip_prefix("content-encoding: "));
        ensure!(found.map(str::trim) == coding, "{accept}: {said}");
        let vary = said.lines().find(|line| line.starts_with("vary:"));
        let vary = vary.context(said.clone())?;
        ensure!(vary.contains("accept-encoding"), "{said}");
    }
    Ok(())
}
