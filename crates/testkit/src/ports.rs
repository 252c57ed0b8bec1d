//! Free ports of the loopback interface.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// Below what the kernel gives to outgoing connections, so that none of them takes a port between
/// its choice here and its use some seconds later.
const RANGE: std::ops::Range<u32> = 12_000..32_000;

/// A loopback address that nobody listens on at the moment.
pub fn free() -> Result<SocketAddr> {
    for _ in 0..200 {
        let port = RANGE.start + random()? % (RANGE.end - RANGE.start);
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port as u16)) {
            return Ok(listener.local_addr()?);
        }
    }
    bail!("no free port in {RANGE:?}")
}

fn random() -> Result<u32> {
    let uuid = std::fs::read_to_string("/proc/sys/kernel/random/uuid")?;
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
