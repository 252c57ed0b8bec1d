//! A receiver of webhooks: a real HTTP server that answers as it is told.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        mpsc::{Receiver as Queue, Sender, channel},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

/// A message that came.
#[derive(Debug)]
pub(crate) struct Told {
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What it was answered; 0: nothing yet.
    pub(crate) status: u16,
}

impl Told {
    /// A header field by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }
}

#[derive(Debug)]
struct Manner {
    /// Answers are held back.
    holds: bool,
    /// So many more are refused …
    refuses: usize,
    /// … with this status.
    status: u16,
}

/// The server.
#[derive(Debug)]
pub(crate) struct Receiver {
    address: SocketAddr,
    told: Mutex<Queue<Told>>,
    manner: Arc<(Mutex<Manner>, Condvar)>,
}

impl Receiver {
    /// Listens on a free port and answers 200.
    pub(crate) fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (tell, told) = channel();
        let manner = Manner {
            holds: false,
            refuses: 0,
            status: 200,
        };
        let manner = Arc::new((Mutex::new(manner), Condvar::new()));
        let own = Arc::clone(&manner);
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (tell, own) = (tell.clone(), Arc::clone(&own));
                // A sender that was killed leaves its connection broken.
                thread::spawn(move || serve(&socket, &tell, &own).ok());
            }
        });
        Ok(Self {
            address,
            told: Mutex::new(told),
            manner,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn change(&self, change: impl FnOnce(&mut Manner)) {
        let (manner, changed) = &*self.manner;
        change(&mut manner.lock().expect("no thread panics with it"));
        changed.notify_all();
    }

    /// Answers nothing until it is told to.
    pub(crate) fn hold(&self) {
        self.change(|manner| manner.holds = true);
    }

    /// Answers, also what was held back.
    pub(crate) fn answer(&self, status: u16) {
        self.change(|manner| {
            manner.holds = false;
            manner.refuses = 0;
            manner.status = status;
        });
    }

    /// Refuses so many more messages.
    pub(crate) fn refuse(&self, messages: usize, status: u16) {
        self.change(|manner| {
            manner.refuses = messages;
            manner.status = status;
        });
    }

    /// The next message.
    pub(crate) fn next(&self, patience: Duration) -> Result<Told> {
        let told = self.told.lock().expect("no thread panics with it");
        told.recv_timeout(patience).context("no message came")
    }
}

/// Takes messages of one connection.
fn serve(socket: &TcpStream, tell: &Sender<Told>, manner: &(Mutex<Manner>, Condvar)) -> Result<()> {
    let mut reader = BufReader::new(socket.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut headers = Vec::new();
        loop {
            let mut field = String::new();
            reader.read_line(&mut field)?;
            let Some((name, value)) = field.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.context("a length")?.1.parse()?;
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let mut told = Told {
            headers,
            body,
            status: 0,
        };
        let (lock, changed) = manner;
        let mut own = lock.lock().expect("no thread panics with it");
        if own.holds {
            // It is told that a message came, and waits for its answer.
            tell.send(told)?;
            let _answers = changed
                .wait_while(own, |own| own.holds)
                .expect("no thread panics with it");
            respond(socket, 200)?;
            continue;
        }
        told.status = 200;
        if own.refuses > 0 {
            own.refuses -= 1;
            told.status = own.status;
        }
        drop(own);
        respond(socket, told.status)?;
        tell.send(told)?;
    }
}

fn respond(mut socket: &TcpStream, status: u16) -> Result<()> {
    let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n");
    Ok(socket.write_all(answer.as_bytes())?)
}
