//! `serve`: opens both doors, and closes them when told to.

mod administrator;
mod banner;
mod demo;
mod doors;
mod housekeeping;
mod providers;
mod ready;
mod receiving;
mod shutdown;
mod work;

use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};

use config::Config;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    failure::{SetupError, setup},
    house::House,
    telemetry,
};

/// Serves until SIGTERM or SIGINT, then drains.
pub(crate) async fn run(config: Config, demo: bool) -> anyhow::Result<ExitCode> {
    let stop = shutdown::signals()?;
    let metrics = telemetry::metrics()?;
    let http = bind("http.address", config.http.address).await?;
    let dicom = bind("dicom.address", config.dicom.address).await?;
    let house = House::open(config).await?;
    let services = doors::Services::new(&house).await?;
    let receiving = house.begin_receiving("serve").await?;
    let password = administrator::first(&house).await?;
    let is_empty = house.is_empty().await?;

    let drain = Duration::from_secs(house.config.server.drain_seconds.into());
    let mut banner = banner::Banner {
        http: http.local_addr()?,
        tls: house.config.http.tls.certificate_file.is_some(),
        base_url: house.config.http.base_url.clone(),
        dicom: dicom.local_addr()?,
        ae_title: house.config.dicom.ae_title.clone(),
        dev: house.config.server.dev,
        peers: house.config.dicom.peers.len(),
        password,
        demo: None,
    };
    if is_empty {
        banner.demo = Some(demo);
        if demo {
            demo::put(&house).await?;
        }
    }
    for institution in house.database.institutions().await? {
        let id = &institution.details.id;
        services.workitems.restarted(id).await?;
    }
    let receiving = receiving::Receiving::begin(house.database.clone(), receiving);
    let workers = work::begin(&house, &services)?;
    // Before anybody is answered: whoever sees the server ready finds the password in its output.
    banner.print();
    let open = open_doors(&house, &services, http, dicom, metrics, &stop);
    tracing::info!(
        http.address = %banner.http,
        dicom.address = %banner.dicom,
        dicom.ae_title = %banner.ae_title,
        server.dev = banner.dev,
        "serving"
    );

    let result = open.run(stop, drain).await;
    workers.end().await;
    services.close().await;
    // In this order: no sweep that waited may begin while a commit is under way.
    house.database.close().await;
    receiving.end().await;
    tracing::info!("stopped");
    result.map(|()| ExitCode::SUCCESS)
}

fn open_doors(
    house: &House,
    services: &doors::Services,
    http: TcpListener,
    dicom: TcpListener,
    metrics: PrometheusHandle,
    stop: &CancellationToken,
) -> doors::Doors {
    housekeeping::begin(
        house.database.clone(),
        services.workitems.clone(),
        metrics.clone(),
        stop.clone(),
    );
    doors::Doors::open(
        house,
        services,
        http,
        dicom,
        Arc::new(move || metrics.render()),
        stop,
    )
}

async fn bind(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                let mend = "the port is taken: stop the other program, or give another port";
                SetupError(format!("{key} = {address}: {mend}")).into()
            }
            _ => setup(format!("{key} = {address}: cannot listen"), error),
        })
}
