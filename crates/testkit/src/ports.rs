//! Free ports of the loopback interface.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    ops::Range,
    os::{linux::net::SocketAddrExt as _, unix::net},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// The lowest port given; below it stand the services that a machine has of its own.
const FIRST: u32 = 10_000;

/// A loopback address that no socket has, listening or left in TIME_WAIT, and that no other
/// process of the tests was given while this one lives.
///
/// It lies outside what the kernel gives to outgoing connections, so that none of them takes the
/// port between its choice here and its use some seconds later.
pub fn free() -> Result<SocketAddr> {
    let range = range();
    for _ in 0..200 {
        let port = (range.start + random()? % (range.end - range.start)) as u16;
        if in_use(port) || !claim(port)? {
            continue;
        }
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return Ok(listener.local_addr()?);
        }
    }
    bail!("no free port in {range:?}")
}

/// The wider of the two ranges beside the kernel's own (`ip_local_port_range`).
fn range() -> Range<u32> {
    let text = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut bounds = text.split_whitespace().filter_map(|word| word.parse().ok());
    let (Some(low), Some(high)) = (bounds.next(), bounds.next()) else {
        return FIRST..32_000;
    };
    let (below, above) = (FIRST..u32::max(low, FIRST), high + 1..65_536);
    let wider = if below.len() >= above.len() {
        below
    } else {
        above
    };
    if wider.len() < 1_000 {
        FIRST..65_536
    } else {
        wider
    }
}

/// Whether any socket of this machine has the port: `bind` with `SO_REUSEADDR`, as here, passes
/// over one in TIME_WAIT, `bind` without it, as some peers do, doesn't.
fn in_use(port: u16) -> bool {
    let local = format!(":{port:04X}");
    ["/proc/net/tcp", "/proc/net/tcp6"].iter().any(|table| {
        fs::read_to_string(table).is_ok_and(|text| {
            text.lines()
                .filter_map(|line| line.split_whitespace().nth(1))
                .any(|address| address.ends_with(&local))
        })
    })
}

/// Holds the port's name against the other processes of the tests until this one ends.
fn claim(port: u16) -> Result<bool> {
    let name = net::SocketAddr::from_abstract_name(format!("yingyun-test-port-{port}"))?;
    match net::UnixDatagram::bind_addr(&name) {
        Ok(socket) => {
            std::mem::forget(socket);
            Ok(true)
        }
        Err(_) => Ok(false),
    }
}

fn random() -> Result<u32> {
    let uuid = fs::read_to_string("/proc/sys/kernel/random/uuid")?;
    Ok(u32::from_str_radix(uuid.get(..8).unwrap_or_default(), 16)?)
}

/// Waits until somebody accepts connections at `address`.
pub fn wait_for(address: SocketAddr, limit: Duration) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < limit {
        if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    bail!("nobody listens on {address} after {limit:?}")
}
