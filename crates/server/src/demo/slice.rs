//! One slice: its pixels, and its data set (CT Image IOD, PS3.3 §A.3).

use dataset::{Charset, Element, Tag, VR, Value, part10::FileMeta};
use time::{OffsetDateTime, macros::format_description};

use super::{SPACING, anatomy, noise, transfer_syntax, uid};

/// Rows, and columns.
const SIDE: u16 = 512;
/// Distance of pixels, mm.
const PIXEL: f64 = 0.75;
/// Stored value 0, Hounsfield units.
const INTERCEPT: f64 = -1024.0;
/// Standard deviation of the noise, Hounsfield units.
const NOISE: f64 = 9.0;

/// CT Image Storage.
const CT_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.2";

/// One slice of the demo study, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice {
    pub(crate) number: u16,
    pub(super) at: OffsetDateTime,
}

impl Slice {
    fn z(self) -> f64 {
        f64::from(self.number - 1) * SPACING
    }

    fn sop(self) -> model::Uid {
        uid(16 + u128::from(self.number))
    }

    /// Stored values, rows × columns: Hounsfield units less the intercept.
    pub(super) fn pixels(self) -> Vec<u16> {
        let side = usize::from(SIDE);
        let mut hu = vec![-1000.0; side * side];
        let index = |mm: f64| mm / PIXEL + f64::from(SIDE) / 2.0;
        for tissue in anatomy::at(self.z()) {
            let reach = tissue.reach();
            let range = |centre: f64| {
                let first = index(centre - reach).floor().clamp(0.0, f64::from(SIDE));
                let last = index(centre + reach).ceil().clamp(0.0, f64::from(SIDE));
                first as usize..last as usize
            };
            for row in range(tissue.y) {
                let y = (row as f64 + 0.5 - f64::from(SIDE) / 2.0) * PIXEL;
                for column in range(tissue.x) {
                    let x = (column as f64 + 0.5 - f64::from(SIDE) / 2.0) * PIXEL;
                    let cover = tissue.cover(x, y);
                    let pixel = &mut hu[row * side + column];
                    *pixel += (tissue.hu - *pixel) * cover;
                }
            }
        }
        let first = u64::from(self.number) << 32;
        hu.iter()
            .zip(first..)
            .map(|(hu, number)| {
                // Air at its floor shows no noise.
                let noise = if *hu > -999.0 {
                    noise::normal(number) * NOISE
                } else {
                    0.0
                };
                (hu + noise - INTERCEPT).round().clamp(0.0, 4095.0) as u16
            })
            .collect()
    }

    /// The file meta information of the slice as a file.
    pub(crate) fn file_meta(self) -> FileMeta {
        FileMeta {
            sop_class: model::Uid::new(CT_IMAGE).expect("a constant UID is valid"),
            sop: self.sop(),
            transfer_syntax: transfer_syntax(),
            source_ae: None,
            sending_ae: None,
            receiving_ae: None,
            private: None,
        }
    }

    /// The data set in Explicit VR Little Endian.
    pub(crate) fn data_set(self) -> Vec<u8> {
        dataset::encode::elements(&self.elements(), &transfer_syntax())
    }

    fn elements(self) -> Vec<Element> {
        let date = self
            .at
            .format(format_description!("[year][month][day]"))
            .expect("a date has year, month and day");
        let half = f64::from(SIDE) / 2.0 * PIXEL - PIXEL / 2.0;
        let position = format!("-{half}\\-{half}\\{}", self.z());
        let number = self.number.to_string();
        vec![
            text(0x0008, 0x0005, VR::CS, "GB18030"),
            text(0x0008, 0x0008, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL"),
            text(0x0008, 0x0016, VR::UI, CT_IMAGE),
            text(0x0008, 0x0018, VR::UI, self.sop().as_str()),
            text(0x0008, 0x0020, VR::DA, &date),
            text(0x0008, 0x0021, VR::DA, &date),
            text(0x0008, 0x0023, VR::DA, &date),
            text(0x0008, 0x0030, VR::TM, "090000"),
            text(0x0008, 0x0031, VR::TM, "090500"),
            text(0x0008, 0x0033, VR::TM, "090500"),
            text(0x0008, 0x0050, VR::SH, "DEMO20260001"),
            text(0x0008, 0x0060, VR::CS, "CT"),
            text(0x0008, 0x0070, VR::LO, "Yingyun"),
            text(0x0008, 0x0080, VR::LO, "影云演示医院"),
            text(0x0008, 0x0090, VR::PN, "Demo^Doctor=演示^医师"),
            text(0x0008, 0x1030, VR::LO, "胸部CT增强（演示体模）"),
            text(0x0008, 0x103E, VR::LO, "胸部 8mm 增强"),
            text(0x0008, 0x1090, VR::LO, "Phantom"),
            text(0x0010, 0x0010, VR::PN, "Ying^Yun=影^云"),
            text(0x0010, 0x0020, VR::LO, "DEMO-0001"),
            text(0x0010, 0x0030, VR::DA, "19700101"),
            text(0x0010, 0x0040, VR::CS, "O"),
            text(0x0018, 0x0015, VR::CS, "CHEST"),
            text(0x0018, 0x0050, VR::DS, &SPACING.to_string()),
            text(0x0018, 0x0060, VR::DS, "120"),
            text(0x0018, 0x0088, VR::DS, &SPACING.to_string()),
            text(0x0018, 0x5100, VR::CS, "HFS"),
            text(0x0020, 0x000D, VR::UI, uid(1).as_str()),
            text(0x0020, 0x000E, VR::UI, uid(2).as_str()),
            text(0x0020, 0x0010, VR::SH, "DEMO1"),
            text(0x0020, 0x0011, VR::IS, "1"),
            text(0x0020, 0x0013, VR::IS, &number),
            text(0x0020, 0x0032, VR::DS, &position),
            text(0x0020, 0x0037, VR::DS, "1\\0\\0\\0\\1\\0"),
            text(0x0020, 0x0052, VR::UI, uid(3).as_str()),
            text(0x0020, 0x1040, VR::LO, ""),
            text(0x0020, 0x1041, VR::DS, &self.z().to_string()),
            words(0x0028, 0x0002, VR::US, &[1]),
            text(0x0028, 0x0004, VR::CS, "MONOCHROME2"),
            words(0x0028, 0x0010, VR::US, &[SIDE]),
            words(0x0028, 0x0011, VR::US, &[SIDE]),
            text(0x0028, 0x0030, VR::DS, &format!("{PIXEL}\\{PIXEL}")),
            words(0x0028, 0x0100, VR::US, &[16]),
            words(0x0028, 0x0101, VR::US, &[12]),
            words(0x0028, 0x0102, VR::US, &[11]),
            words(0x0028, 0x0103, VR::US, &[0]),
            text(0x0028, 0x1050, VR::DS, "40\\-600"),
            text(0x0028, 0x1051, VR::DS, "400\\1500"),
            text(0x0028, 0x1052, VR::DS, &INTERCEPT.to_string()),
            text(0x0028, 0x1053, VR::DS, "1"),
            text(0x0028, 0x1054, VR::LO, "HU"),
            text(0x0028, 0x1055, VR::LO, "纵隔窗\\肺窗"),
            words(0x7FE0, 0x0010, VR::OW, &self.pixels()),
        ]
    }
}

fn text(group: u16, element: u16, vr: VR, value: &str) -> Element {
    let bytes = Charset::gb18030()
        .encode(value)
        .expect("GB18030 has every character");
    Element {
        tag: Tag(group, element),
        vr,
        value: Value::Bytes(bytes),
    }
}

fn words(group: u16, element: u16, vr: VR, values: &[u16]) -> Element {
    let bytes = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    Element {
        tag: Tag(group, element),
        vr,
        value: Value::Bytes(bytes),
    }
}
