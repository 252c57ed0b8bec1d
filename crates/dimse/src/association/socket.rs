//! What is set on sockets: no Nagle delay, no delayed acknowledgements, a bounded goodbye.

use std::time::Duration;

use socket2::SockRef;
use tokio::net::TcpStream;

/// Sends at once what is written.
pub(super) fn prepare(stream: &TcpStream) {
    // A socket that refuses the option still works, only slower.
    let _ = stream.set_nodelay(true);
    quick_ack(stream);
}

/// Acknowledges at once what was read. A sender that leaves Nagle's algorithm on (DCMTK does by
/// default) would wait 40 ms an object; the kernel takes the mode back, so it is set after reads.
pub(super) fn quick_ack(stream: &TcpStream) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let _ = SockRef::from(stream).set_tcp_quickack(true);
    }
}

/// Waits until the peer closes, at most `bound`: closing first with unread bytes would reset the
/// connection, and the peer would not see the last PDU.
pub(super) async fn linger(stream: &TcpStream, bound: Duration) {
    let _ = SockRef::from(stream).shutdown(std::net::Shutdown::Write);
    let drained = async {
        let mut sink = [0; 8192];
        let mut taken = 0;
        while taken < 16 << 20 {
            if stream.readable().await.is_err() {
                return;
            }
            match stream.try_read(&mut sink) {
                Ok(0) => return,
                Ok(read) => taken += read,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    };
    let _ = tokio::time::timeout(bound, drained).await;
}
