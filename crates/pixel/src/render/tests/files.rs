//! The files of pictures, read by other decoders than the encoders' own library where there is one.

use std::time::Duration;

use super::*;
use crate::{
    Limits, PixelDescription, PixelKind, decode,
    render::{Cine, CineFormat, ImageFormat},
};

fn gradient(photometric: Photometric) -> Frame {
    let samples = photometric.samples().unwrap();
    let (rows, columns) = (32, 48);
    let bytes = (0..rows * columns * u32::from(samples)).map(|at| (at / 6 % 256) as u8);
    Frame {
        rows,
        columns,
        ..row(Samples::U8(bytes.collect()), 8, photometric)
    }
}

fn files(format: ImageFormat) -> Vec<(Picture, Vec<u8>)> {
    [Photometric::Monochrome2, Photometric::Rgb]
        .map(|photometric| {
            let rendering = Rendering {
                format,
                ..Rendering::default()
            };
            let (frame, plain) = (gradient(photometric), presentation(vec![]));
            let picture = shown(frame.clone(), &plain, &rendering);
            let file = crate::render::render(frame, &plain, &rendering, 1 << 20).unwrap();
            (picture, file)
        })
        .into()
}

#[test]
fn png_and_webp_are_lossless() {
    for (picture, file) in files(ImageFormat::Png) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((info.width, info.height), (picture.columns, picture.rows));
        assert!(bytes == picture.bytes);
    }
    for (picture, file) in files(ImageFormat::Webp) {
        let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
        assert_eq!(decoder.dimensions(), (picture.columns, picture.rows));
        let mut bytes = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut bytes).unwrap();
        // Without an alpha channel WebP is red, green, blue.
        let expected: Vec<u8> = if picture.is_gray() {
            picture.bytes.iter().flat_map(|&gray| [gray; 3]).collect()
        } else {
            picture.bytes
        };
        assert!(bytes == expected);
    }
}

#[test]
fn jpeg_is_near() {
    for (picture, file) in files(ImageFormat::Jpeg) {
        let description = PixelDescription {
            rows: picture.rows as u16,
            columns: picture.columns as u16,
            samples_per_pixel: picture.channels as u16,
            bits_allocated: 8,
            bits_stored: 8,
            high_bit: 7,
            signed: false,
            photometric: Photometric::YbrFull,
            planar: false,
            frames: 1,
            lossy: true,
            kind: PixelKind::Integer,
        };
        let baseline = TransferSyntax::parse("1.2.840.10008.1.2.4.50").unwrap();
        let frame = decode(&file, &description, &baseline, &Limits::default()).unwrap();
        let window = presentation(vec![
            text(0x0028, 0x1050, VR::DS, "128"),
            text(0x0028, 0x1051, VR::DS, "256"),
        ]);
        let bytes = as_is(frame, &window);
        assert_eq!(bytes.len(), picture.bytes.len());
        let sum: u64 = bytes
            .iter()
            .zip(&picture.bytes)
            .map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2))
            .sum();
        let mean = sum as f64 / bytes.len() as f64;
        assert!(mean < 12.0, "mean square error {mean}");
    }
}

fn cine(format: CineFormat, photometric: &Photometric) -> (Vec<Picture>, Vec<u8>) {
    let pictures: Vec<Picture> = (0..3)
        .map(|index| {
            let mut frame = gradient(photometric.clone());
            if let Samples::U8(samples) = &mut frame.samples {
                samples.rotate_left(index * 30);
            }
            shown(frame, &presentation(vec![]), &Rendering::default())
        })
        .collect();
    let mut file = Vec::new();
    let delay = Duration::from_millis(50);
    let mut cine = Cine::new(&mut file, &pictures[0], 3, delay, format).unwrap();
    for picture in &pictures {
        cine.add(picture).unwrap();
    }
    cine.finish().unwrap();
    (pictures, file)
}

#[test]
fn a_cine_has_each_frame_as_it_is() {
    for photometric in [Photometric::Monochrome2, Photometric::Rgb] {
        let (pictures, file) = cine(CineFormat::Apng, &photometric);
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .unwrap();
        assert_eq!(reader.info().animation_control().unwrap().num_frames, 3);
        for picture in pictures {
            let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut bytes).unwrap();
            assert!(bytes == picture.bytes);
        }
    }
    let (pictures, file) = cine(CineFormat::Gif, &Photometric::Monochrome2);
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(file.as_slice()).unwrap();
    for picture in pictures {
        let frame = decoder.read_next_frame().unwrap().unwrap();
        assert_eq!(frame.delay, 5);
        let grays: Vec<u8> = frame.buffer.chunks(4).map(|rgba| rgba[0]).collect();
        assert!(grays == picture.bytes);
    }
    assert!(decoder.read_next_frame().unwrap().is_none());
}

#[test]
fn a_cine_of_colours_is_near_in_gif() {
    let (pictures, file) = cine(CineFormat::Gif, &Photometric::Rgb);
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(file.as_slice()).unwrap();
    for picture in pictures {
        let frame = decoder.read_next_frame().unwrap().unwrap();
        for (rgba, rgb) in frame.buffer.chunks(4).zip(picture.bytes.chunks(3)) {
            let far = (0..3).any(|channel| rgba[channel].abs_diff(rgb[channel]) > 16);
            assert!(!far, "{rgba:?}, not {rgb:?}");
        }
    }
}

#[test]
fn frames_of_several_sizes_are_no_cine() {
    let plain = presentation(vec![]);
    let rendering = Rendering::default();
    let first = shown(gradient(Photometric::Monochrome2), &plain, &rendering);
    let other = shown(gradient(Photometric::Rgb), &plain, &rendering);
    let mut cine = Cine::new(Vec::new(), &first, 2, Duration::ZERO, CineFormat::Gif).unwrap();
    assert!(cine.add(&other).is_err());
}
