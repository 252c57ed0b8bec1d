//! The bridge with real frames: who goes first, who is refused, what is not begun.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use futures::poll;
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use model::{TransferSyntax, Uid};
use pixel::{Limits, PixelDescription};

use super::{permit, scan, small};
use crate::{
    RetrieveError, Settings,
    bridge::{Bridge, Priority, Task, Turn},
};

/// One thread, and a queue that the test says.
fn settings(render_queue: usize) -> Settings {
    Settings {
        render_concurrency: 1,
        render_queue,
        ..Settings::default()
    }
}

/// A JPEG frame of 2 × 3 pixels, and what the header says of it.
fn frame() -> (Vec<u8>, PixelDescription) {
    let header = scan(&small(), &TransferSyntax::implicit_little()).unwrap();
    let mut jpeg = Vec::new();
    let gray = [0, 50, 100, 150, 200, 250];
    let mut encoder = JpegEncoder::new(&mut jpeg);
    encoder.encode(&gray, 3, 2, ExtendedColorType::L8).unwrap();
    (jpeg, PixelDescription::of(&header).unwrap())
}

fn turn(institution: &str, priority: Priority) -> Turn {
    Turn::new(&permit(institution), priority)
}

const TASK: Task = Task {
    kind: "decode",
    pixels: 6,
    bytes: 6,
};

type Running = Pin<Box<dyn Future<Output = Result<(), RetrieveError>>>>;

struct Desk {
    bridge: Arc<Bridge>,
    /// The frames decoded, in order.
    decoded: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    fn new(settings: &Settings) -> Self {
        Self {
            bridge: Arc::new(Bridge::new(settings)),
            decoded: Arc::default(),
        }
    }

    /// Decodes a frame and notes `name`.
    fn decode(&self, turn: Turn, name: &str) -> Running {
        let (bridge, decoded) = (Arc::clone(&self.bridge), Arc::clone(&self.decoded));
        let name = name.to_owned();
        Box::pin(async move {
            let (jpeg, image) = frame();
            let room = bridge.room(bridge.place(&turn).await?, 600).await?;
            let baseline = Uid::new("1.2.840.10008.1.2.4.50").unwrap();
            let work = move || {
                decoded.lock().unwrap().push(name);
                let syntax = TransferSyntax::new(baseline);
                pixel::decode(&jpeg, &image, &syntax, &Limits::default())
            };
            let frame = bridge.work(room, TASK, work).await?.unwrap();
            assert_eq!(frame.samples.len(), 6);
            Ok(())
        })
    }

    /// Keeps the one thread busy until the sender is dropped.
    async fn occupy(&self) -> (mpsc::Sender<()>, Running) {
        let (sender, receiver) = mpsc::channel::<()>();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let bridge = Arc::clone(&self.bridge);
        let mut running: Running = Box::pin(async move {
            let place = bridge.place(&turn("occupant", Priority::Bulk)).await?;
            let room = bridge.room(place, 0).await?;
            let work = move || {
                begun.send(()).unwrap();
                assert!(receiver.recv().is_err());
                Ok(())
            };
            bridge.work(room, TASK, work).await?.unwrap();
            Ok(())
        });
        assert!(poll!(running.as_mut()).is_pending());
        begins.await.unwrap();
        (sender, running)
    }

    fn order(&self) -> Vec<String> {
        self.decoded.lock().unwrap().clone()
    }
}

/// Each goes as far as it can.
async fn all_wait(running: &mut [Running]) {
    for running in running {
        // A task may do only so much before it lets others do something.
        tokio::task::yield_now().await;
        assert!(poll!(running.as_mut()).is_pending());
    }
}

async fn all(running: Vec<Running>) {
    for result in futures::future::join_all(running).await {
        result.unwrap();
    }
}

#[tokio::test]
async fn what_somebody_looks_at_passes_a_hundred_frames_of_whole_objects() {
    let desk = Desk::new(&settings(512));
    let (stop, occupant) = desk.occupy().await;
    let mut running = vec![occupant];
    for _ in 0..100 {
        running.push(desk.decode(turn("a", Priority::Bulk), "bulk"));
    }
    running.push(desk.decode(turn("a", Priority::Interactive), "interactive"));
    all_wait(&mut running).await;
    drop(stop);
    all(running).await;
    let order = desk.order();
    assert_eq!((order.len(), order[0].as_str()), (101, "interactive"));
}

#[tokio::test]
async fn whole_objects_go_on_while_pictures_are_always_asked_for() {
    let desk = Desk::new(&settings(512));
    let (stop, occupant) = desk.occupy().await;
    let mut running = vec![occupant];
    for _ in 0..2 {
        running.push(desk.decode(turn("a", Priority::Bulk), "bulk"));
    }
    for _ in 0..100 {
        running.push(desk.decode(turn("b", Priority::Interactive), "interactive"));
    }
    all_wait(&mut running).await;
    drop(stop);
    all(running).await;
    let order = desk.order().into_iter().enumerate();
    let bulk = order.filter(|(_, name)| name == "bulk");
    let places: Vec<usize> = bulk.map(|(place, _)| place).collect();
    assert_eq!(places, [15, 31]);
}

#[tokio::test]
async fn clients_take_turns_however_much_one_asks_for() {
    let desk = Desk::new(&settings(512));
    let (stop, occupant) = desk.occupy().await;
    let mut running = vec![occupant];
    for (client, frames) in [("many", 50), ("few", 3)] {
        for _ in 0..frames {
            running.push(desk.decode(turn(client, Priority::Interactive), client));
        }
    }
    all_wait(&mut running).await;
    drop(stop);
    all(running).await;
    let order = desk.order();
    assert_eq!(order[..6], ["many", "few", "many", "few", "many", "few"]);
    assert_eq!(order.len(), 53);
}

#[tokio::test]
async fn work_of_a_client_that_has_gone_is_not_begun_and_leaves_its_place() {
    let desk = Desk::new(&settings(1));
    let (stop, occupant) = desk.occupy().await;
    let mut gone = desk.decode(turn("a", Priority::Interactive), "gone");
    assert!(poll!(gone.as_mut()).is_pending());
    let refused = desk
        .decode(turn("b", Priority::Interactive), "refused")
        .await;
    assert!(matches!(refused, Err(RetrieveError::Busy)), "{refused:?}");
    drop(gone);
    let mut next = desk.decode(turn("b", Priority::Interactive), "next");
    assert!(poll!(next.as_mut()).is_pending());
    drop(stop);
    all(vec![occupant, next]).await;
    assert_eq!(desk.order(), ["next"]);
}

#[tokio::test]
async fn a_full_queue_refuses_pictures_and_lets_whole_objects_wait() {
    let desk = Desk::new(&settings(2));
    let (stop, occupant) = desk.occupy().await;
    let mut running = vec![occupant];
    let (look, bulk) = (Priority::Interactive, Priority::Bulk);
    running.push(desk.decode(turn("a", look), "a"));
    assert!(poll!(running[1].as_mut()).is_pending());
    // Half of the queue is one place.
    let more = desk.decode(turn("a", look), "more of a").await;
    assert!(matches!(more, Err(RetrieveError::Busy)), "{more:?}");
    running.push(desk.decode(turn("b", look), "b"));
    assert!(poll!(running[2].as_mut()).is_pending());
    let refused = desk.decode(turn("c", look), "c").await;
    assert!(matches!(refused, Err(RetrieveError::Busy)), "{refused:?}");
    // Whole objects do not take the places of what somebody looks at, and wait for their own: each
    // client for its half, whatever another one asks for.
    for name in ["first of a", "second of a", "third of a", "of b"] {
        let client = &name[name.len() - 1..];
        running.push(desk.decode(turn(client, bulk), name));
    }
    all_wait(&mut running).await;
    drop(stop);
    all(running).await;
    let order = desk.order();
    assert_eq!(order[..4], ["a", "b", "first of a", "of b"]);
    assert_eq!(order[4..], ["second of a", "third of a"]);
}

#[tokio::test]
async fn memory_is_bounded_and_what_takes_more_than_all_goes_alone() {
    let settings = Settings {
        render_memory_bytes: 1 << 20,
        ..settings(100)
    };
    let bridge = Bridge::new(&settings);
    let ask = async |client: &str, bytes: u64| {
        let place = bridge.place(&turn(client, Priority::Interactive)).await?;
        bridge.room(place, bytes).await
    };
    let large = ask("a", 1 << 40).await.unwrap();
    let mut next = Box::pin(ask("b", 1));
    assert!(poll!(next.as_mut()).is_pending());
    drop(large);
    let next = next.await.unwrap();
    // A client has half of it; the other half is for others.
    let half = ask("a", 1 << 19).await.unwrap();
    let mut more = Box::pin(ask("a", 1));
    assert!(poll!(more.as_mut()).is_pending());
    drop(next);
    let other = ask("b", 1 << 19).await.unwrap();
    assert!(poll!(more.as_mut()).is_pending());
    drop(half);
    more.await.unwrap();
    drop(other);
}

#[tokio::test]
async fn who_waits_is_served_though_all_whose_work_hangs_have_gone() {
    let settings = Settings {
        render_time: Duration::from_millis(50),
        ..settings(100)
    };
    let desk = Desk::new(&settings);
    let (stop, occupant) = desk.occupy().await;
    let mut waiting = desk.decode(turn("a", Priority::Interactive), "waiting");
    assert!(poll!(waiting.as_mut()).is_pending());
    drop(occupant);
    waiting.await.unwrap();
    drop(stop);
}

#[tokio::test]
async fn a_frame_that_takes_too_long_is_given_up_and_others_go_on() {
    let settings = Settings {
        render_time: Duration::from_millis(50),
        ..settings(100)
    };
    let desk = Desk::new(&settings);
    let (stop, occupant) = desk.occupy().await;
    let slow = occupant.await;
    assert!(
        matches!(slow, Err(RetrieveError::TooSlow { .. })),
        "{slow:?}"
    );
    // The only thread is still busy.
    desk.decode(turn("a", Priority::Interactive), "next")
        .await
        .unwrap();
    drop(stop);
    assert_eq!(desk.order(), ["next"]);
}

#[tokio::test]
async fn a_decoder_that_panics_spoils_its_frame_only() {
    let desk = Desk::new(&settings(100));
    let look = turn("a", Priority::Interactive);
    let place = desk.bridge.place(&look).await.unwrap();
    let room = desk.bridge.room(place, 0).await.unwrap();
    let work = || -> Result<(), _> { panic!("a decoder's mistake") };
    let spoilt = desk.bridge.work(room, TASK, work).await.unwrap();
    assert!(spoilt.is_err());
    desk.decode(look, "next").await.unwrap();
}
