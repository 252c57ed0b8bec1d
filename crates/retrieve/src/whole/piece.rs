//! The metadata of a series in one piece: records in order, what each was made of, and marks where the
//! address of the service belongs.

use std::io::Read;

use database::HeaderRow;
use model::SeriesKey;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use ulid::Ulid;

use crate::RetrieveError;

/// Stands where the address of the service belongs: no JSON holds this byte (RFC 8259 §7).
pub(crate) const MARK: u8 = 1;
/// Of the way records are written; a piece of another is made anew.
const FORMAT: u32 = 1;
/// Made once, read often.
const COMPRESSION: i32 = 6;
/// How bulk data is named in a header. In a value the quotes would be escaped, so this is a name.
const NAME: &[u8] = br#""BulkDataURI":""#;

/// Records of a series by instance number.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    records: Vec<Record>,
    /// The records' texts, one behind the other.
    text: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    #[serde(with = "written")]
    ulid: Ulid,
    number: Option<i64>,
    sop: String,
    length: usize,
}

impl Record {
    /// Instances without a number come after those with one.
    fn place(&self) -> (i64, &str) {
        (self.number.unwrap_or(i64::MAX), &self.sop)
    }
}

/// A ULID as its text.
mod written {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use ulid::Ulid;

    pub(super) fn serialize<S: Serializer>(ulid: &Ulid, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&ulid.to_string())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Ulid, D::Error> {
        let text = String::deserialize(from)?;
        Ulid::from_string(&text).map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    records: Vec<Record>,
}

impl Piece {
    /// How long the text is.
    pub(crate) fn bytes(&self) -> u64 {
        self.text.len() as u64
    }

    /// The texts of the records, in order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.text.as_slice();
        self.records.iter().map_while(move |record| {
            let (text, after) = rest.split_at_checked(record.length)?;
            rest = after;
            Some(text)
        })
    }

    /// Whether every record is of one of `ulids`, which are sorted.
    pub(crate) fn is_within(&self, ulids: &[Ulid]) -> bool {
        let mut records = self.records.iter();
        records.all(|record| ulids.binary_search(&record.ulid).is_ok())
    }

    /// Those of `ulids` that have no record.
    pub(crate) fn missing(&self, ulids: &[Ulid]) -> Vec<Ulid> {
        let mut own: Vec<Ulid> = self.records.iter().map(|record| record.ulid).collect();
        own.sort_unstable();
        let missing = ulids.iter().filter(|ulid| own.binary_search(ulid).is_err());
        missing.copied().collect()
    }

    /// This piece and the records of `rows`, in order. None: longer than `most` bytes.
    pub(crate) fn with(
        &self,
        rows: Vec<HeaderRow>,
        series: &SeriesKey,
        most: u64,
    ) -> Result<Option<Self>, RetrieveError> {
        let mut added = Vec::with_capacity(rows.len());
        let mut left = most.saturating_sub(self.bytes());
        for row in rows {
            let Some(text) = record(&row, series, left)? else {
                return Ok(None);
            };
            left -= text.len() as u64;
            let record = Record {
                ulid: row.ulid,
                number: row.number,
                sop: row.sop.to_string(),
                length: text.len(),
            };
            added.push((record, text));
        }
        let own = self.records.iter().cloned().zip(self.texts());
        let mut all: Vec<(Record, &[u8])> = own.collect();
        all.extend(
            added
                .iter()
                .map(|(record, text)| (record.clone(), text.as_slice())),
        );
        all.sort_by(|(a, _), (b, _)| a.place().cmp(&b.place()));
        let mut text = Vec::with_capacity(all.iter().map(|(_, text)| text.len()).sum());
        let mut records = Vec::with_capacity(all.len());
        for (record, own) in all {
            text.extend_from_slice(own);
            records.push(record);
        }
        Ok(Some(Self { records, text }))
    }

    /// The piece as it is kept.
    pub(crate) fn pack(&self) -> Result<Vec<u8>, RetrieveError> {
        let head = Head {
            format: FORMAT,
            records: self.records.clone(),
        };
        let mut body = serde_json::to_vec(&head).map_err(|_| RetrieveError::Interrupted)?;
        // The head is JSON on one line.
        body.push(b'\n');
        body.extend_from_slice(&self.text);
        zstd::bulk::compress(&body, COMPRESSION).map_err(|_| RetrieveError::Interrupted)
    }

    /// Reads a kept piece; none: it is of another format, damaged, or longer than `most` bytes, and is
    /// made anew.
    pub(crate) fn unpack(body: &[u8], most: u64) -> Option<Self> {
        let mut text = Vec::new();
        // A record's place takes some two hundred bytes beside its text.
        let bound = most.saturating_mul(2);
        zstd::Decoder::with_buffer(body)
            .and_then(|decoder| decoder.take(bound).read_to_end(&mut text))
            .ok()?;
        let end = memchr::memchr(b'\n', &text)?;
        let head: Head = serde_json::from_slice(&text[..end]).ok()?;
        text.drain(..=end);
        let length: usize = head.records.iter().map(|record| record.length).sum();
        let whole = head.format == FORMAT && length == text.len() && length as u64 <= most;
        whole.then_some(Self {
            records: head.records,
            text,
        })
    }
}

/// The text of a record: the header, with a mark and the instance's path before each name of bulk data.
fn record(
    row: &HeaderRow,
    series: &SeriesKey,
    most: u64,
) -> Result<Option<Vec<u8>>, RetrieveError> {
    let damaged = || RetrieveError::Damaged {
        reason: "a header in the index does not unpack",
    };
    let mut header = Vec::new();
    zstd::Decoder::with_buffer(row.header.as_slice())
        .and_then(|decoder| {
            decoder
                .take(most.saturating_add(1))
                .read_to_end(&mut header)
        })
        .map_err(|_| damaged())?;
    if header.len() as u64 > most {
        return Ok(None);
    }
    let is_json = serde_json::from_slice::<IgnoredAny>(&header).is_ok();
    if !is_json || header.first() != Some(&b'{') {
        return Err(damaged());
    }
    let path = format!(
        "/studies/{}/series/{}/instances/{}/",
        series.study.study, series.series, row.sop
    );
    let mut text = Vec::with_capacity(header.len() + 256);
    let mut rest = header.as_slice();
    while let Some(at) = memchr::memmem::find(rest, NAME) {
        let (before, after) = rest.split_at(at + NAME.len());
        text.extend_from_slice(before);
        let end = memchr::memchr(b'"', after).unwrap_or(after.len());
        if memchr::memmem::find(&after[..end], b"://").is_none() {
            text.push(MARK);
            text.extend_from_slice(path.as_bytes());
        }
        rest = after;
    }
    text.extend_from_slice(rest);
    Ok((text.len() as u64 <= most).then_some(text))
}

#[cfg(test)]
mod tests {
    use model::{InstitutionId, StudyKey, Uid};
    use serde_json::json;

    use super::*;

    fn series() -> SeriesKey {
        SeriesKey {
            study: StudyKey {
                institution: InstitutionId::new("local").unwrap(),
                study: Uid::new("1.2").unwrap(),
            },
            series: Uid::new("1.3").unwrap(),
        }
    }

    fn row(number: Option<i64>, sop: &str, header: &serde_json::Value) -> HeaderRow {
        HeaderRow {
            ulid: Ulid::from_parts(sop.len() as u64, u128::from(sop.as_bytes()[2])),
            sop: Uid::new(sop).unwrap(),
            number,
            header: zstd::encode_all(header.to_string().as_bytes(), 1).unwrap(),
        }
    }

    fn order(piece: &Piece) -> Vec<String> {
        let texts = piece.texts();
        let parse = |text| serde_json::from_slice::<serde_json::Value>(text).unwrap();
        texts.map(|text| parse(text)["n"].to_string()).collect()
    }

    #[test]
    fn records_join_in_the_order_of_their_numbers_and_come_back_from_storage() {
        let header = |n: u32| json!({"n": n});
        let piece = Piece::default();
        let rows = vec![
            row(None, "1.9", &header(9)),
            row(Some(2), "1.2", &header(2)),
            row(Some(5), "1.5", &header(5)),
        ];
        let piece = piece.with(rows, &series(), 1000).unwrap().unwrap();
        let back = Piece::unpack(&piece.pack().unwrap(), 1000).unwrap();
        let rows = vec![
            row(Some(3), "1.3", &header(3)),
            row(Some(2), "1.1", &header(1)),
        ];
        let grown = back.with(rows, &series(), 1000).unwrap().unwrap();
        assert_eq!(order(&grown), ["1", "2", "3", "5", "9"]);
        let mut ulids: Vec<Ulid> = grown.records.iter().map(|record| record.ulid).collect();
        ulids.sort_unstable();
        assert!(back.is_within(&ulids) && !grown.is_within(&ulids[1..]));
        assert_eq!(back.missing(&ulids).len(), 2);
        assert!(
            Piece::unpack(&piece.pack().unwrap(), 8).is_none(),
            "too long"
        );
    }

    #[test]
    fn only_names_of_bulk_data_get_the_address() {
        let trap = r#""BulkDataURI":"bulkdata/1""#;
        let header = json!({
            "00104000": {"vr": "LT", "Value": [trap, "\u{1}"]},
            "00400555": {"vr": "SQ", "Value": [
                {"54001010": {"vr": "OW", "BulkDataURI": "bulkdata/00400555/1/54001010"}}]},
            "7FE00010": {"vr": "OW", "BulkDataURI": "http://elsewhere/7FE00010"},
        });
        let text = record(&row(None, "1.4", &header), &series(), 10_000)
            .unwrap()
            .unwrap();
        assert_eq!(text.iter().filter(|byte| **byte == MARK).count(), 1);
        let marked = String::from_utf8(text)
            .unwrap()
            .replace('\u{1}', "http://here");
        let back: serde_json::Value = serde_json::from_str(&marked).unwrap();
        assert_eq!(back["00104000"], header["00104000"]);
        assert_eq!(back["7FE00010"], header["7FE00010"]);
        assert_eq!(
            back["00400555"]["Value"][0]["54001010"]["BulkDataURI"],
            "http://here/studies/1.2/series/1.3/instances/1.4/bulkdata/00400555/1/54001010"
        );
    }

    #[test]
    fn what_is_no_json_is_damage() {
        let mut damaged = row(None, "1.4", &json!({}));
        for header in [
            b"no zstd".to_vec(),
            zstd::encode_all(&b"{\"a\":"[..], 1).unwrap(),
        ] {
            damaged.header = header;
            assert!(matches!(
                record(&damaged, &series(), 1000),
                Err(RetrieveError::Damaged { .. })
            ));
        }
    }
}
