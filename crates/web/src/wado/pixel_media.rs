//! Media types of stored pixel data (PS3.18 §8.7.3.3, Tables 8.7.3-3 to 8.7.3-5).

use model::TransferSyntax;

use crate::accept::OCTETS;

/// Every media type of frames that [`of`] tells, but bytes.
pub(crate) const ALL: [&str; 9] = [
    "image/jpeg",
    "image/jls",
    "image/jp2",
    "image/jpx",
    "image/jphc",
    "image/jxl",
    "image/dicom-rle",
    "video/mpeg",
    "video/mp4",
];

/// The media type of frames in `syntax`; bytes where the standard names none.
pub(crate) fn of(syntax: &TransferSyntax) -> &'static str {
    let Some(last) = syntax.as_str().strip_prefix("1.2.840.10008.1.2.") else {
        return OCTETS;
    };
    match last {
        "4.50" | "4.51" | "4.57" | "4.70" => "image/jpeg",
        "4.80" | "4.81" => "image/jls",
        "4.90" | "4.91" => "image/jp2",
        "4.92" | "4.93" => "image/jpx",
        "4.201" | "4.202" | "4.203" => "image/jphc",
        "4.110" | "4.111" | "4.112" => "image/jxl",
        "4.100" | "4.100.1" | "4.101" | "4.101.1" => "video/mpeg",
        "4.102" | "4.102.1" | "4.103" | "4.103.1" | "4.104" | "4.104.1" | "4.105" | "4.105.1"
        | "4.106" | "4.106.1" | "4.107" | "4.107.1" | "4.108" | "4.108.1" => "video/mp4",
        "5" => "image/dicom-rle",
        _ => OCTETS,
    }
}
