//! Decoding a frame by `pixel`, beside the codec library called alone on the same stream: what the
//! checks, the samples' words and the order of components cost. `YINGYUN_TESTDATA` has the streams.

mod alone;

use std::{fs, hint::black_box, path::Path};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pixel::{Limits, Object};

/// A file of the test data, and its codec called alone.
type Case = (&'static str, fn(&[u8]) -> usize);

const CASES: [Case; 6] = [
    ("jpeg_base_mono", alone::turbo_8),
    ("jpeg_ext12_mono", alone::turbo_12),
    ("jpeg_lossless_sv1_16bit", alone::turbo_16),
    ("jpegls_lossless_16", alone::charls),
    ("j2k_lossless_s16", alone::openjpeg),
    ("htj2k_lossless_ct_s16", alone::openjpeg),
];

fn decode(criterion: &mut Criterion) {
    let Some(folder) = std::env::var_os("YINGYUN_TESTDATA") else {
        eprintln!("YINGYUN_TESTDATA is not set");
        return;
    };
    for (name, library) in CASES {
        let path = Path::new(&folder).join(format!("generated/codec/{name}.dcm"));
        let file = fs::read(path).expect("a file of the test data");
        let object = Object::read(&file, 1 << 30).expect("an object");
        let stream = object.stored(0).expect("a frame");
        let (described, syntax) = (&object.description, &object.header.transfer_syntax);
        let limits = Limits::default();
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(described.frame_bytes()));
        group.bench_function("pixel", |bencher| {
            bencher.iter(|| pixel::decode(black_box(&stream), described, syntax, &limits));
        });
        group.bench_function("library alone", |bencher| {
            bencher.iter(|| library(black_box(&stream)));
        });
        group.finish();
    }
}

criterion_group!(benches, decode);
criterion_main!(benches);
