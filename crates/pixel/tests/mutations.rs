//! Broken code streams: each gives samples of the size that the frame tells, or an error; none
//! takes long or much memory. `YINGYUN_MUTATIONS` says how many of each stream; 10,000 otherwise.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod small;

use std::{fs, io::Write, time::Duration};

use flate2::{Compression, write::DeflateEncoder};
use model::TransferSyntax;
use pixel::{Frame, Limits, PixelError};
use small::{description, stream};

const LIMITS: Limits = Limits {
    max_dimension: 65_535,
    max_frame_bytes: 16 << 20,
};

/// Far more than a stream of these takes; a runaway takes more still.
const LONGEST: Duration = Duration::from_secs(5);
const MOST_MEMORY: u64 = 512 << 20;

/// `side`: what the longer side of the frame must keep.
fn decode(
    stream: &[u8],
    samples: u16,
    bits: u16,
    syntax: &str,
    side: u32,
) -> Result<Frame, PixelError> {
    let syntax = TransferSyntax::parse(&format!("1.2.840.10008.1.2.{syntax}")).unwrap();
    pixel::decode_at_least(stream, &description(samples, bits), &syntax, &LIMITS, side)
}

/// A generator of numbers that is the same everywhere (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit.max(1)
    }
}

/// A few bytes changed, left out, doubled or cut off; half of them in the first 200, where the
/// headers are.
fn mutated(original: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const TELLING: [u8; 6] = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF];
    let mut stream = original.to_vec();
    for _ in 0..=numbers.below(4) {
        let range = if numbers.below(2) == 0 {
            stream.len().min(200)
        } else {
            stream.len()
        };
        let at = numbers.below(range);
        if stream.is_empty() {
            break;
        }
        match numbers.below(8) {
            0 | 1 => stream[at] ^= 1 << numbers.below(8),
            2 | 3 => stream[at] = numbers.below(256) as u8,
            4 => stream[at] = TELLING[numbers.below(TELLING.len())],
            5 => {
                let end = (at + 1 + numbers.below(16)).min(stream.len());
                stream.drain(at..end);
            }
            6 => {
                let end = (at + 1 + numbers.below(16)).min(stream.len());
                let doubled = stream[at..end].to_vec();
                stream.splice(at..at, doubled);
            }
            _ => stream.truncate(stream.len() - numbers.below(stream.len() / 2 + 1)),
        }
    }
    stream
}

/// The most memory that this process has had, bytes.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<u64>().unwrap() << 10
}

/// How long this thread has run: not how long it waited for a busy machine.
fn on_cpu() -> Duration {
    let status = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = status.split_whitespace().next().unwrap();
    Duration::from_nanos(nanoseconds.parse().unwrap())
}

fn survives(original: &[u8], samples: u16, bits: u16, syntax: &str) {
    let count = std::env::var("YINGYUN_MUTATIONS").map_or(10_000, |text| text.parse().unwrap());
    assert!(
        decode(original, samples, bits, syntax, u32::MAX).is_ok(),
        "the stream itself does not decode"
    );
    let (mut decoded, mut longest) = (0, Duration::ZERO);
    for seed in 0..count {
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15 ^ (seed + 1));
        let stream = mutated(original, &mut numbers);
        let start = on_cpu();
        // Every fourth is asked for in small.
        let side = if seed % 4 == 3 { 8 } else { u32::MAX };
        if let Ok(frame) = decode(&stream, samples, bits, syntax, side) {
            let expected = frame.pixels() * usize::from(frame.samples_per_pixel);
            assert_eq!(frame.samples.len(), expected, "seed {seed}");
            decoded += 1;
        }
        longest = longest.max(on_cpu() - start);
        assert!(longest < LONGEST, "seed {seed} took {longest:?}");
    }
    let memory = peak_memory();
    println!(
        "{decoded} of {count} decoded, longest {longest:?}, {} MiB",
        memory >> 20
    );
    assert!(memory < MOST_MEMORY, "{memory} bytes of memory");
    assert!(decoded < count, "no mutation was noticed");
}

#[test]
fn jpeg_baseline() {
    survives(&stream("jpeg_8.jpg"), 1, 8, "4.50");
}

#[test]
fn jpeg_baseline_colour() {
    survives(&stream("jpeg_ybr.jpg"), 3, 8, "4.50");
}

#[test]
fn jpeg_extended() {
    survives(&stream("jpeg_12.jpg"), 1, 12, "4.51");
}

#[test]
fn jpeg_lossless() {
    survives(&stream("jpeg_lossless_12.jpg"), 1, 12, "4.70");
}

#[test]
fn jpeg_lossless_16() {
    survives(&stream("jpeg_lossless_16.jpg"), 1, 16, "4.57");
}

#[test]
fn jpeg_lossless_colour() {
    survives(&stream("jpeg_lossless_rgb.jpg"), 3, 8, "4.57");
}

#[test]
fn jpeg_ls() {
    survives(&stream("jpegls_12.jls"), 1, 12, "4.80");
}

#[test]
fn jpeg_ls_colour() {
    survives(&stream("jpegls_rgb.jls"), 3, 8, "4.81");
}

#[test]
fn jpeg_2000() {
    survives(&stream("j2k_12.j2k"), 1, 12, "4.90");
}

#[test]
fn jpeg_2000_colour() {
    survives(&stream("j2k_rgb_lossy.j2k"), 3, 8, "4.91");
}

#[test]
fn htj2k() {
    survives(&stream("htj2k_12.j2c"), 1, 12, "4.201");
}

#[test]
fn jpeg_xl() {
    survives(&stream("jxl_12.jxl"), 1, 12, "4.110");
}

#[test]
fn jpeg_xl_colour() {
    survives(&stream("jxl_rgb_lossy.jxl"), 3, 8, "4.112");
}

#[test]
fn deflated_frames() {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(&stream("source_12.raw")).unwrap();
    survives(&deflate.finish().unwrap(), 1, 12, "8.1");
}

#[test]
fn rle() {
    let source = stream("source_12.raw");
    let plane = |byte: usize| source.iter().skip(byte).step_by(2).copied();
    let packed = |byte| {
        let bytes: Vec<u8> = plane(byte).collect();
        let runs = bytes.chunks(128);
        runs.flat_map(|run| [&[run.len() as u8 - 1], run].concat())
            .collect::<Vec<u8>>()
    };
    let (high, low) = (packed(1), packed(0));
    let mut frame = vec![0; 64];
    for (at, number) in [2, 64, 64 + high.len() as u32].into_iter().enumerate() {
        frame[at * 4..at * 4 + 4].copy_from_slice(&number.to_le_bytes());
    }
    frame.extend(high);
    frame.extend(low);
    survives(&frame, 1, 12, "5");
}
