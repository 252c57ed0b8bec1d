//! Texts of PS3.5 Annexes H, I, J and K, and of the field.

use dicom_core::VR;

use super::*;

fn name(charset: &str, bytes: &[u8]) -> String {
    Charset::new(charset).decode(VR::PN, bytes)
}

#[test]
fn japanese_names_of_annex_h() {
    // PS3.5 H.3.1: ASCII first.
    let bytes =
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B";
    assert_eq!(
        name("\\ISO 2022 IR 87", bytes),
        "Yamada^Tarou=山田^太郎=やまだ^たろう"
    );
    // PS3.5 H.3.2: half-width katakana first.
    let bytes = b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J";
    assert_eq!(
        name("ISO 2022 IR 13\\ISO 2022 IR 87", bytes),
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"
    );
}

#[test]
fn the_korean_name_of_annex_i() {
    let bytes = b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf";
    let text = "Hong^Gildong=洪^吉洞=홍^길동";
    assert_eq!(name("\\ISO 2022 IR 149", bytes), text);
    assert_eq!(
        Charset::new("\\ISO 2022 IR 149").encode(text).unwrap(),
        bytes
    );
}

#[test]
fn the_chinese_names_of_annexes_j_and_k() {
    let utf8 = b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=";
    assert_eq!(name("ISO_IR 192", utf8), "Wang^XiaoDong=王^小東=");
    let gb = b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=";
    assert_eq!(name("GB18030", gb), "Wang^XiaoDong=王^小东=");
    // PS3.5 K.2: GB 2312 by code extension.
    let ir58 = b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=";
    let text = "Zhang^XiaoDong=张^小东=";
    assert_eq!(name("\\ISO 2022 IR 58", ir58), text);
    assert_eq!(Charset::new("\\ISO 2022 IR 58").encode(text).unwrap(), ir58);
}

#[test]
fn a_backslash_in_a_trail_byte_is_no_delimiter() {
    // 誠 is D55CH, 俓 is 825CH in GBK.
    let bytes = b"\xd5\x5c\\\x82\x5c";
    assert_eq!(Charset::gb18030().decode(VR::LO, bytes), "誠\\俓");
    assert_eq!(Charset::new("GBK").decode(VR::LO, bytes), "誠\\俓");
}

#[test]
fn gb18030_goes_beyond_gbk() {
    // U+20087 is 9532 9031H.
    let bytes = Charset::gb18030().encode("\u{20087}").unwrap();
    assert_eq!(bytes, [0x95, 0x32, 0x90, 0x31]);
    assert_eq!(Charset::gb18030().decode(VR::PN, &bytes), "\u{20087}");
    assert_eq!(Charset::new("GBK").encode("\u{20087}"), None);
}

#[test]
fn single_byte_repertoires() {
    for (term, byte, text) in [
        ("ISO_IR 100", 0xE4, "ä"),
        ("ISO_IR 101", 0xB1, "ą"),
        ("ISO_IR 109", 0xA1, "Ħ"),
        ("ISO_IR 110", 0xA2, "ĸ"),
        ("ISO_IR 144", 0xBB, "Л"),
        ("ISO_IR 127", 0xC2, "آ"),
        ("ISO_IR 126", 0xC4, "Δ"),
        ("ISO_IR 138", 0xF9, "ש"),
        ("ISO_IR 148", 0xFD, "ı"),
        ("ISO_IR 166", 0xA1, "ก"),
        ("ISO_IR 203", 0xA4, "€"),
        ("iso-ir 13", 0xB1, "ｱ"),
    ] {
        let charset = Charset::new(term);
        assert_eq!(charset.decode(VR::LO, &[byte]), text, "{term}");
        assert_eq!(charset.encode(text).unwrap(), [byte], "{term}");
    }
}

#[test]
fn escapes_last_until_a_delimiter() {
    // Cyrillic by escape in a Latin-1 text; after the caret G1 is Latin-1 again.
    let bytes = b"\x1b-L\xbb^\xe4";
    assert_eq!(name("ISO 2022 IR 100\\ISO 2022 IR 144", bytes), "Л^ä");
}

#[test]
fn what_nothing_declares_is_detected() {
    assert_eq!(name("", "张三".as_bytes()), "张三");
    assert_eq!(name("", b"\xd5\xc5\xc8\xfd"), "张三");
    assert_eq!(name("", b"M\xfcller^J\xfcrgen"), "Müller^Jürgen");
    assert_eq!(name("", b"Ren\xe9^Zo\xeb"), "René^Zoë");
    assert_eq!(name("ISO_IR 999", b"\xd5\xc5\xc8\xfd"), "张三");
    // GBK without the escape sequences that IR 58 asks for, and under the label of UTF-8.
    assert_eq!(name("\\ISO 2022 IR 58", b"\xd5\xc5^\xd5\x86"), "张^諉");
    assert_eq!(name("ISO_IR 192", b"\xd5\xc5\xc8\xfd"), "张三");
}

#[test]
fn a_configured_fallback_is_taken_first() {
    let fallback = Fallback::Charset(Box::new(Charset::new("ISO_IR 144")));
    let charset = Charset::default().with_fallback(fallback);
    assert_eq!(charset.decode(VR::PN, b"\xbb"), "Л");
}

#[test]
fn no_bytes_break_the_decoder() {
    let mut bytes = Vec::new();
    for seed in 0..5000_u32 {
        bytes.push((seed.wrapping_mul(2_654_435_761) >> 13) as u8);
        if seed % 7 == 0 {
            bytes.extend(b"\x1b$");
        }
    }
    for charset in [
        "",
        "\\ISO 2022 IR 87",
        "\\ISO 2022 IR 58",
        "GB18030",
        "ISO_IR 192",
    ] {
        for start in 0..64 {
            Charset::new(charset).decode(VR::PN, &bytes[start * 7..]);
        }
    }
}
