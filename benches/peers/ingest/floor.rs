//! The floor: a PDU sink that does what durability alone asks — the object's file, its new folders
//! and one grouped commit are synced before each acknowledgement — and nothing else.

use std::{
    fs::{self, File},
    io::{BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use anyhow::{Context, Result, bail};
use testkit::{
    peer::{Command, PduKind, read_pdu},
    ports,
    scratch::Scratch,
};

const OWN_MAXIMUM: u32 = 256 * 1024;
/// What a commit of an index writes for one object: some pages of a write-ahead log.
const COMMIT_BYTES: usize = 16 * 1024;
const LARGEST_GROUP: usize = 256;

/// A running sink.
#[derive(Debug)]
pub(crate) struct Floor {
    address: SocketAddr,
    _folder: Scratch,
}

/// What an association needs: where objects go, and who commits.
#[derive(Clone, Debug)]
struct House {
    folder: Arc<PathBuf>,
    commits: mpsc::Sender<mpsc::Sender<()>>,
    next: Arc<AtomicU64>,
}

impl Floor {
    pub(crate) fn start(folder: Scratch) -> Result<Self> {
        let address = ports::free()?;
        let listener = TcpListener::bind(address)?;
        let (commits, waiting) = mpsc::channel();
        let log = File::create(folder.path().join("log"))?;
        thread::spawn(move || commit_groups(&log, &waiting));
        let house = House {
            folder: Arc::new(folder.path().to_owned()),
            commits,
            next: Arc::default(),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let house = house.clone();
                thread::spawn(move || {
                    if let Err(error) = serve(&stream, &house) {
                        eprintln!("floor: {error:#}");
                    }
                });
            }
        });
        Ok(Self {
            address,
            _folder: folder,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Takes what waits, writes and syncs it once, answers all. The log is used again from its
/// beginning, as a write-ahead log is.
fn commit_groups(log: &File, waiting: &mpsc::Receiver<mpsc::Sender<()>>) {
    let page = vec![7; COMMIT_BYTES];
    let mut at = 0;
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(LARGEST_GROUP - 1));
        for _ in &group {
            if log.write_all_at(&page, at).is_err() {
                return;
            }
            at = (at + COMMIT_BYTES as u64) % (4 << 20);
        }
        if log.sync_data().is_err() {
            return;
        }
        for waiter in group {
            let _ = waiter.send(());
        }
    }
}

fn serve(stream: &TcpStream, house: &House) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(OWN_MAXIMUM as usize + 64, stream);
    let mut body = Vec::new();
    let series = house.folder.join(format!(
        "series-{}",
        house.next.fetch_add(1, Ordering::Relaxed)
    ));
    fs::create_dir(&series)?;
    sync(&house.folder)?;
    let (mut command, mut dataset) = (Vec::new(), Vec::new());
    let mut store = None;
    while let Some(kind) = read_pdu(&mut reader, &mut body)? {
        match kind {
            PduKind::AssociateRq => accept(stream, &body)?,
            PduKind::ReleaseRq => {
                let mut stream = stream;
                stream.write_all(&[6, 0, 0, 0, 0, 4, 0, 0, 0, 0])?;
            }
            PduKind::Abort => return Ok(()),
            PduKind::Data => {
                let mut pdvs = &body[..];
                while let Some((header, rest)) = pdvs.split_at_checked(6) {
                    let length = u32::from_be_bytes([header[0], header[1], header[2], header[3]]);
                    let (value, rest) = rest
                        .split_at_checked(length as usize - 2)
                        .context("a long PDV")?;
                    pdvs = rest;
                    match header[5] {
                        1 => command.extend_from_slice(value),
                        3 => {
                            command.extend_from_slice(value);
                            store = Some(Command::from_bytes(&command)?);
                            command.clear();
                        }
                        0 => dataset.extend_from_slice(value),
                        _ => {
                            dataset.extend_from_slice(value);
                            let request = store.take().context("a data set without a command")?;
                            keep(&series, &dataset, house)?;
                            dataset.clear();
                            answer(stream, header[4], &request)?;
                        }
                    }
                }
            }
            other => bail!("{other:?}"),
        }
    }
    Ok(())
}

/// A folder of its own for the object; file, folder and the series' folder synced; one commit.
fn keep(series: &Path, dataset: &[u8], house: &House) -> Result<()> {
    let number = house.next.fetch_add(1, Ordering::Relaxed);
    let folder = series.join(number.to_string());
    fs::create_dir(&folder)?;
    let mut file = File::create_new(folder.join("object"))?;
    file.write_all(dataset)?;
    file.sync_all()?;
    sync(&folder)?;
    sync(series)?;
    let (sender, committed) = mpsc::channel();
    house.commits.send(sender).context("the log is gone")?;
    committed.recv().context("the commit failed")
}

fn sync(folder: &Path) -> Result<()> {
    Ok(File::open(folder)?.sync_all()?)
}

fn answer(mut stream: &TcpStream, context: u8, request: &Command) -> Result<()> {
    let text = |element| request.string(element).unwrap_or_default();
    let bytes = Command::new(0x8001)
        .ui(0x0002, &text(0x0002))
        .us(0x0120, request.number(0x0110).unwrap_or(0))
        .us(0x0800, 0x0101)
        .us(0x0900, 0)
        .ui(0x1000, &text(0x1000))
        .to_bytes();
    let mut pdu = vec![4, 0];
    pdu.extend((bytes.len() as u32 + 6).to_be_bytes());
    pdu.extend((bytes.len() as u32 + 2).to_be_bytes());
    pdu.extend([context, 3]);
    pdu.extend(bytes);
    Ok(stream.write_all(&pdu)?)
}

/// Accepts every context with its first transfer syntax.
fn accept(mut stream: &TcpStream, request: &[u8]) -> Result<()> {
    let mut body = request.get(..68).context("a short request")?.to_vec();
    let mut variable = &request[68..];
    while let Some((header, rest)) = variable.split_at_checked(4) {
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let (item, rest) = rest.split_at_checked(length).context("a long item")?;
        variable = rest;
        match header[0] {
            0x10 => {
                body.extend(header);
                body.extend(item);
            }
            0x20 => {
                let mut inner = item.get(4..).context("a short context")?;
                while let Some((kind, rest)) = inner.split_at_checked(4) {
                    let length = usize::from(u16::from_be_bytes([kind[2], kind[3]]));
                    let (value, rest) = rest.split_at_checked(length).context("a long item")?;
                    inner = rest;
                    if kind[0] == 0x40 {
                        body.extend([0x21, 0]);
                        body.extend((length as u16 + 8).to_be_bytes());
                        body.extend([item[0], 0, 0, 0]);
                        body.extend(kind);
                        body.extend(value);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    body.extend([0x50, 0, 0, 8, 0x51, 0, 0, 4]);
    body.extend(OWN_MAXIMUM.to_be_bytes());
    let mut pdu = vec![2, 0];
    pdu.extend((body.len() as u32).to_be_bytes());
    pdu.extend(body);
    Ok(stream.write_all(&pdu)?)
}
