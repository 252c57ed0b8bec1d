//! Associations over loopback: messages whole and in pieces, and peers that break the rules.

use std::time::{Duration, Instant};

use model::{TransferSyntax, Uid};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::command::field;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const PATIENCE: Patience = Patience {
    idle: Duration::from_millis(300),
    artim: Duration::from_millis(300),
};

fn titles() -> (AeTitle, AeTitle) {
    (
        AeTitle::new("CALLING").unwrap(),
        AeTitle::new("CALLED").unwrap(),
    )
}

fn proposals() -> Vec<Proposal> {
    let class = Uid::new(CT).unwrap();
    vec![Proposal::new(
        class,
        vec![TransferSyntax::explicit_little()],
    )]
}

/// Both ends of an association; each sends PDUs of at most `max_pdu` bytes.
async fn pair(max_pdu: u32) -> (Association, Association) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let acceptor = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let requested = Requested::read(stream, PATIENCE).await.unwrap();
        let titles = requested.titles().unwrap();
        requested.accept(titles, max_pdu).await.unwrap()
    });
    let requestor = Association::request(&address, titles(), &proposals(), max_pdu, PATIENCE)
        .await
        .unwrap();
    (requestor, acceptor.await.unwrap())
}

/// A peer that speaks bytes, and the acceptor's view of it.
async fn raw() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    (client, listener.accept().await.unwrap().0)
}

fn p_data(values: &[(u8, u8, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (context, control, bytes) in values {
        body.extend_from_slice(&(bytes.len() as u32 + 2).to_be_bytes());
        body.extend_from_slice(&[*context, *control]);
        body.extend_from_slice(bytes);
    }
    let mut pdu = vec![4, 0];
    pdu.extend_from_slice(&(body.len() as u32).to_be_bytes());
    pdu.extend_from_slice(&body);
    pdu
}

fn store(data_set: bool) -> Command {
    let mut command = Command::request(field::C_STORE, CT);
    command.message_id = 5;
    command.has_data_set = data_set;
    command
}

fn encoded(command: &Command) -> Vec<u8> {
    let mut bytes = Vec::new();
    command.encode(&mut bytes);
    bytes
}

#[tokio::test]
async fn a_data_set_arrives_as_it_was_sent_whatever_the_pdu_size() {
    for max_pdu in [128, 4096, 16_384, 262_144, 0] {
        let (mut requestor, mut acceptor) = pair(max_pdu).await;
        let data: Vec<u8> = (0..700_001_u32).map(|index| (index % 251) as u8).collect();
        let sent = data.clone();
        let sender = tokio::spawn(async move {
            requestor
                .send(1, &mut store(true), Some(&sent))
                .await
                .unwrap();
            let response = requestor.response(5).await.unwrap();
            requestor.release().await.unwrap();
            response.command.status
        });
        let message = acceptor.message().await.unwrap().unwrap();
        assert_eq!(message.command, store(true));
        let received = acceptor.collect(usize::MAX).await.unwrap();
        assert!(received == data, "max PDU {max_pdu}");
        acceptor
            .send(1, &mut message.command.response(0), None)
            .await
            .unwrap();
        assert!(acceptor.message().await.unwrap().is_none());
        assert_eq!(sender.await.unwrap(), Some(0));
    }
}

#[tokio::test]
async fn values_are_joined_however_they_are_cut() {
    let (mut requestor, mut acceptor) = pair(4096).await;
    let command = encoded(&store(true));
    let (left, right) = command.split_at(11);
    let mut bytes = p_data(&[(1, 1, left)]);
    bytes.extend(p_data(&[(1, 3, right), (1, 0, b"abc"), (1, 0, b"")]));
    bytes.extend(p_data(&[(1, 0, b"de"), (1, 2, b"f")]));
    bytes.extend(p_data(&[(1, 3, &encoded(&store(true))), (1, 2, b"")]));
    let sender = tokio::spawn(async move {
        for byte in bytes {
            requestor.send_raw(&[byte]).await.unwrap();
        }
        requestor
    });
    assert!(
        acceptor
            .message()
            .await
            .unwrap()
            .unwrap()
            .command
            .has_data_set
    );
    assert_eq!(acceptor.collect(6).await.unwrap().as_ref(), b"abcdef");
    assert!(
        acceptor
            .message()
            .await
            .unwrap()
            .unwrap()
            .command
            .has_data_set
    );
    assert_eq!(acceptor.collect(6).await.unwrap().as_ref(), b"");
    sender.await.unwrap();
}

#[tokio::test]
async fn what_is_left_of_a_data_set_is_passed_over() {
    let (mut requestor, mut acceptor) = pair(4096).await;
    requestor
        .send(1, &mut store(true), Some(&[7; 100_000]))
        .await
        .unwrap();
    requestor.send(1, &mut store(false), None).await.unwrap();
    assert!(
        acceptor
            .message()
            .await
            .unwrap()
            .unwrap()
            .command
            .has_data_set
    );
    assert!(
        !acceptor
            .message()
            .await
            .unwrap()
            .unwrap()
            .command
            .has_data_set
    );
}

#[tokio::test]
async fn a_cancel_is_seen_between_two_steps() {
    let (mut requestor, mut acceptor) = pair(4096).await;
    requestor.send(1, &mut store(false), None).await.unwrap();
    acceptor.message().await.unwrap().unwrap();
    assert!(!acceptor.is_cancelled(5).unwrap());
    requestor
        .send(1, &mut Command::cancel(5), None)
        .await
        .unwrap();
    let began = Instant::now();
    while !acceptor.is_cancelled(5).unwrap() {
        assert!(began.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn broken_pdus_end_the_association_at_once() {
    let whole = encoded(&store(true));
    let mut overlong = p_data(&[(1, 3, &whole)]);
    overlong[6..10].copy_from_slice(&u32::MAX.to_be_bytes());
    let mut short = p_data(&[(1, 3, &whole)]);
    short[2..6].copy_from_slice(&5_u32.to_be_bytes());
    let hostile = [
        overlong,
        short,
        p_data(&[(1, 2, b"data before a command")]),
        p_data(&[(9, 3, &whole)]),
        p_data(&[(1, 3, &whole), (3, 0, b"another context")]),
        p_data(&[(1, 3, &whole), (1, 3, &whole)]),
        p_data(&[(1, 3, b"no command set at all")]),
        p_data(&[(1, 1, &[0; 65_000]), (1, 1, &[0; 65_000])]),
        vec![4, 0, 0, 0, 0, 0],
        vec![8, 0, 0, 0, 0, 0],
        vec![1, 0, 0xFF, 0xFF, 0xFF, 0xFF],
        vec![2, 0, 0, 0, 0, 1, 0],
        vec![6, 0, 0, 0, 0, 4, 0, 0, 0, 0],
        b"GET / HTTP/1.1\r\nHost: pacs\r\n\r\n".to_vec(),
    ];
    for bytes in hostile {
        let (mut requestor, mut acceptor) = pair(262_144).await;
        requestor.send_raw(&bytes).await.unwrap();
        let began = Instant::now();
        let error = loop {
            match acceptor.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("released by {bytes:02X?}"),
                Err(error) => break error,
            }
        };
        assert!(
            matches!(error, DimseError::Protocol { .. }),
            "{error} {bytes:02X?}"
        );
        assert!(began.elapsed() < PATIENCE.idle, "{bytes:02X?}");
        acceptor.abort(true).await;
    }
}

#[tokio::test]
async fn an_abort_is_an_abort_whatever_its_reason() {
    let (mut requestor, mut acceptor) = pair(4096).await;
    requestor
        .send_raw(&[7, 0, 0, 0, 0, 4, 0, 0, 9, 99])
        .await
        .unwrap();
    assert!(matches!(acceptor.message().await, Err(DimseError::Aborted)));
    let (mut requestor, mut acceptor) = pair(4096).await;
    requestor
        .send_raw(&p_data(&[(1, 3, &encoded(&store(true))), (1, 0, b"half")]))
        .await
        .unwrap();
    requestor.abort(false).await;
    acceptor.message().await.unwrap().unwrap();
    assert_eq!(acceptor.data().await.unwrap().unwrap().as_ref(), b"half");
    assert!(matches!(acceptor.data().await, Err(DimseError::Aborted)));
}

#[tokio::test]
async fn silence_and_trickling_have_an_end() {
    let (_requestor, mut acceptor) = pair(4096).await;
    assert!(matches!(
        acceptor.message().await,
        Err(DimseError::TimedOut { .. })
    ));
    let (mut requestor, mut acceptor) = pair(4096).await;
    let began = Instant::now();
    let trickle = tokio::spawn(async move {
        let command = encoded(&store(true));
        for byte in p_data(&[(1, 3, &command)]) {
            if requestor.send_raw(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert!(matches!(
        acceptor.message().await,
        Err(DimseError::TimedOut { .. })
    ));
    assert!(began.elapsed() < 3 * PATIENCE.idle);
    drop(acceptor);
    trickle.await.unwrap();
}

#[tokio::test]
async fn no_association_comes_of_nothing_or_of_noise() {
    for bytes in [
        &b""[..],
        &[1, 0, 0, 0],
        &[1, 0, 0, 0, 0, 4, 0, 1, 0, 0],
        &[5, 0, 0, 0, 0, 4, 0, 0, 0, 0],
        &[4, 0, 0, 0, 0, 6, 0, 0, 0, 2, 1, 3],
    ] {
        let (mut client, server) = raw().await;
        client.write_all(bytes).await.unwrap();
        let began = Instant::now();
        assert!(
            Requested::read(server, PATIENCE).await.is_err(),
            "{bytes:02X?}"
        );
        assert!(began.elapsed() < 3 * PATIENCE.artim);
    }
}

#[tokio::test]
async fn a_rejection_tells_why() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let requested = Requested::read(stream, PATIENCE).await.unwrap();
        requested.reject(Refusal::TooMany).await.unwrap();
    });
    let error = Association::request(&address, titles(), &proposals(), 4096, PATIENCE)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            DimseError::Rejected {
                permanent: false,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_left() {
    let (mut requestor, acceptor) = pair(262_144).await;
    let began = Instant::now();
    let bytes = vec![0; 64 << 20];
    let error = requestor
        .send(1, &mut store(true), Some(&bytes))
        .await
        .unwrap_err();
    assert!(matches!(error, DimseError::TimedOut { .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
    drop(acceptor);
}

#[tokio::test]
async fn the_last_pdu_reaches_a_peer_that_still_sends() {
    let (requestor, acceptor) = pair(262_144).await;
    let Association { mut stream, .. } = requestor;
    stream
        .write_all(&p_data(&[(1, 2, &[0; 50_000])]))
        .await
        .unwrap();
    acceptor.abort(true).await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, [7, 0, 0, 0, 0, 4, 0, 0, 2, 6]);
}

/// The upper layer alone; run by hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn rate() {
    for max_pdu in [16_384, 131_072, 262_144] {
        let (mut requestor, mut acceptor) = pair(max_pdu).await;
        let began = Instant::now();
        let sender = tokio::spawn(async move {
            let data = vec![0; 525_000];
            for _ in 0..2000 {
                requestor
                    .send(1, &mut store(true), Some(&data))
                    .await
                    .unwrap();
                requestor.response(5).await.unwrap();
            }
            requestor.release().await.unwrap();
        });
        let mut parts = 0;
        while let Some(message) = acceptor.message().await.unwrap() {
            while acceptor.data().await.unwrap().is_some() {
                parts += 1;
            }
            acceptor
                .send(1, &mut message.command.response(0), None)
                .await
                .unwrap();
        }
        sender.await.unwrap();
        let rate = 2000.0 / began.elapsed().as_secs_f64();
        println!(
            "max PDU {max_pdu}: {rate:.0} objects/s, {} parts each",
            parts / 2000
        );
    }
}
