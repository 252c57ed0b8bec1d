//! How fast objects come in; run by hand: `cargo test -p dimse --test network rate -- --ignored`.

use std::time::Instant;

use dataset::VR;
use model::TransferSyntax;

use crate::support::{CT, Network, Object, bytes, settings, storage, uid};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn rate() {
    for associations in [1_u32, 4] {
        let network = Network::start(settings()).await;
        let mut tasks = Vec::new();
        let explicit = TransferSyntax::explicit_little();
        let began = Instant::now();
        let each = 400 / associations;
        for number in 0..associations {
            let mut requestor = network.connect(&[storage()]).await;
            let explicit = explicit.clone();
            tasks.push(tokio::spawn(async move {
                for index in 0..each {
                    let mut object = Object::ct("P1", number * each + index);
                    object.elements.pop();
                    object
                        .elements
                        .push(bytes((0x7FE0, 0x0010), VR::OW, &[index as u8; 524_288]));
                    let data_set = object.encoded(&explicit);
                    let stored = requestor
                        .store(&uid(CT), &uid(&object.sop), &explicit, data_set)
                        .await;
                    assert_eq!(stored.unwrap().status, 0);
                }
                requestor.release().await.unwrap();
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let seconds = began.elapsed().as_secs_f64();
        println!(
            "{associations} associations: {:.0} objects/s",
            f64::from(each * associations) / seconds
        );
        network.stop().await;
    }
}
