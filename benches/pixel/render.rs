//! A CT slice of 512 × 512 as a picture: the window alone, and the whole way to a file, on one thread;
//! and 32 of them on one thread and on two.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dataset::Header;
use pixel::{
    Frame, Photometric, Pool, Samples,
    render::{self, ImageFormat, LongValues, Presentation, Rendering, Window, WindowFunction},
};

const SIDE: u32 = 512;
const LIMIT: u64 = 1 << 30;

/// A disc with rings in it and noise on it, 12 bits stored: about as hard to compress as a body.
fn slice() -> Frame {
    let mut noise = 1_u32;
    let mut value = |row: u32, column: u32| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (x, y) = (f64::from(column) - 256.0, f64::from(row) - 256.0);
        let radius = x.hypot(y);
        let body = if radius < 220.0 {
            1040.0 + 60.0 * (radius / 15.0).sin()
        } else {
            24.0
        };
        (body + f64::from(noise >> 27)) as u16
    };
    let pixels = (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column)));
    let samples = pixels.map(|(row, column)| value(row, column)).collect();
    Frame {
        rows: SIDE,
        columns: SIDE,
        samples_per_pixel: 1,
        bits_stored: 12,
        high_bit: 11,
        whole: None,
        photometric: Photometric::Monochrome2,
        lossy: false,
        samples: Samples::U16(samples),
    }
}

fn renderings(criterion: &mut Criterion) {
    let header = Header::new(Vec::new(), model::TransferSyntax::explicit_little());
    let presentation = Presentation::read(&header, 0, &LongValues::new());
    let window = Window {
        center: 1064.0,
        width: 400.0,
        function: WindowFunction::Linear,
    };
    let rendering = |format, size| Rendering {
        window: Some(window),
        format,
        size,
        ..Rendering::default()
    };
    let slice = slice();
    let mut group = criterion.benchmark_group("CT 512");
    group.throughput(Throughput::Elements(slice.pixels() as u64));
    let jpeg = rendering(ImageFormat::Jpeg, None);
    // Each iteration takes its frame with it; copying it is not counted.
    let batch = criterion::BatchSize::LargeInput;
    group.bench_function("window", |bencher| {
        bencher.iter_batched(
            || slice.clone(),
            |frame| render::picture(black_box(frame), &presentation, &jpeg, LIMIT),
            batch,
        );
    });
    for (name, rendering) in [
        ("window and JPEG", jpeg),
        ("window and PNG", rendering(ImageFormat::Png, None)),
        ("window and WebP", rendering(ImageFormat::Webp, None)),
        (
            "thumbnail of 128, JPEG",
            rendering(ImageFormat::Jpeg, Some((128, 128))),
        ),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || slice.clone(),
                |frame| render::render(black_box(frame), &presentation, &rendering, LIMIT),
                batch,
            );
        });
    }
    group.finish();

    const SLICES: u64 = 32;
    let mut group = criterion.benchmark_group("32 CT 512, window and JPEG");
    group.throughput(Throughput::Elements(SLICES));
    for threads in [1, 2] {
        let pool = Pool::new(threads, LIMIT).expect("threads");
        group.bench_function(format!("threads = {threads}"), |bencher| {
            bencher.iter(|| {
                let jobs = (0..SLICES).map(|_| (1 << 20, ()));
                let work = |()| render::render(slice.clone(), &presentation, &jpeg, LIMIT);
                pool.in_order(jobs, work, |picture| {
                    picture.map(|bytes| drop(black_box(bytes)))
                })
            });
        });
    }
    group.finish();
}

criterion_group!(benches, renderings);
criterion_main!(benches);
