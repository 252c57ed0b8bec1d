//! DCMTK's tools against our listener.

use std::{path::Path, process::Stdio};

use dimse::sop_class;
use model::{Operation, TransferSyntax};
use tokio::{net::TcpStream, process::Command};

use crate::support::{CT, Network, Object, STUDY, peer, settings};

/// Runs a tool; gives its output where it succeeds. None where it is not installed.
async fn run(tool: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(tool)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await
    {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("{tool}: {error}"),
    };
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{tool} {arguments:?}: {text}");
    Some(text)
}

/// A Part 10 file, by hand.
fn part10(object: &Object) -> Vec<u8> {
    let explicit = TransferSyntax::explicit_little();
    let mut meta = Vec::new();
    let mut put = |element: u16, value: &str| {
        let length = value.len().next_multiple_of(2);
        meta.extend_from_slice(&[2, 0]);
        meta.extend_from_slice(&element.to_le_bytes());
        meta.extend_from_slice(b"UI");
        meta.extend_from_slice(&(length as u16).to_le_bytes());
        meta.extend_from_slice(value.as_bytes());
        meta.resize(meta.len() + length - value.len(), 0);
    };
    put(0x0002, CT);
    put(0x0003, &object.sop);
    put(0x0010, explicit.as_str());
    let mut file = vec![0; 128];
    file.extend_from_slice(b"DICM\x02\x00\x00\x00UL\x04\x00");
    file.extend_from_slice(&(meta.len() as u32).to_le_bytes());
    file.extend_from_slice(&meta);
    file.extend_from_slice(&object.encoded(&explicit));
    file
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn dcmtk_echoes_stores_finds_moves_and_gets() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let destination = free.local_addr().unwrap();
    drop(free);
    let mut settings = settings();
    settings.peers = vec![peer("DEST", destination.port(), &[Operation::Store])];
    let network = Network::start(settings).await;
    let port = network.address.port().to_string();
    let here = ["-aec", "YINGYUN", "127.0.0.1", &port];
    if run("echoscu", &here).await.is_none() {
        return;
    }

    let sent = network.folder.path().join("sent");
    std::fs::create_dir(&sent).unwrap();
    for number in 1..=6 {
        let path = sent.join(format!("{number}.dcm"));
        std::fs::write(path, part10(&Object::ct("P1", number))).unwrap();
    }
    let sent = sent.to_str().unwrap();
    run("storescu", &[&here[..], &["+sd", sent]].concat()).await;
    run("dcmsend", &[&here[..], &["+sd", sent]].concat()).await;

    let study = format!("StudyInstanceUID={STUDY}");
    let keys = [
        "-k",
        "QueryRetrieveLevel=STUDY",
        "-k",
        &study,
        "-k",
        "PatientID",
    ];
    let found = run("findscu", &[&here[..], &["-S"], &keys[..]].concat())
        .await
        .unwrap();
    assert!(found.contains("[P1]"), "{found}");

    let moved = network.folder.path().join("moved");
    let got = network.folder.path().join("got");
    std::fs::create_dir(&moved).unwrap();
    std::fs::create_dir(&got).unwrap();
    let keys = ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", &study];
    let mut storescp = Command::new("storescp")
        .args(["-aet", "DEST", "-od", moved.to_str().unwrap()])
        .arg(destination.port().to_string())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    while TcpStream::connect(destination).await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    run(
        "movescu",
        &[&here[..], &["-aem", "DEST"], &keys[..]].concat(),
    )
    .await;
    assert_eq!(files(&moved), 6);
    storescp.kill().await.unwrap();
    let here_get = ["-od", got.to_str().unwrap()];
    run("getscu", &[&here[..], &here_get[..], &keys[..]].concat()).await;
    assert_eq!(files(&got), 6);
    assert_eq!(sop_class::VERIFICATION, "1.2.840.10008.1.1");
    network.stop().await;
}
