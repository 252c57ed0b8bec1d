//! What a header says of showing a frame: rescale, windows, look-up tables, palettes. Of enhanced
//! objects the frame's own functional groups come first, then the shared ones (PS3.3 §C.7.6.16).

use std::collections::HashMap;

use dataset::{Element, Header, Span, Tag, Value};

use super::{Window, table::Table};

/// How values of a window become grays (PS3.3 §C.11.2.1.2, §C.11.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WindowFunction {
    /// LINEAR.
    Linear,
    /// LINEAR_EXACT.
    LinearExact,
    /// SIGMOID.
    Sigmoid,
}

/// What a header says of showing a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Presentation {
    pub(super) modality_table: Option<Table>,
    pub(super) slope: f64,
    pub(super) intercept: f64,
    pub(super) window: Option<Window>,
    pub(super) function: WindowFunction,
    pub(super) voi_table: Option<Table>,
    /// Red, green and blue of a palette.
    pub(super) palette: Option<[Table; 3]>,
    /// Pixel Padding Value (0028,0120): no part of the image.
    pub(super) padding: Option<i64>,
}

const SHARED_GROUPS: Tag = Tag(0x5200, 0x9229);
const FRAME_GROUPS: Tag = Tag(0x5200, 0x9230);
const FRAME_VOI_LUT: Tag = Tag(0x0028, 0x9132);
const PIXEL_VALUE_TRANSFORMATION: Tag = Tag(0x0028, 0x9145);
const MODALITY_LUT: Tag = Tag(0x0028, 0x3000);
const VOI_LUT: Tag = Tag(0x0028, 0x3010);
const LUT_DESCRIPTOR: Tag = Tag(0x0028, 0x3002);
const LUT_DATA: Tag = Tag(0x0028, 0x3006);

impl Presentation {
    /// Where the look-up tables lie that are too long to be in the header.
    pub fn long_values(header: &Header) -> Vec<Span> {
        let tables = Tables {
            header,
            long: &LongValues::new(),
        };
        let items = [MODALITY_LUT, VOI_LUT].map(|tag| tables.item(tag));
        let palettes = (1..=3).map(|colour| Tag(0x0028, 0x1200 + colour));
        let palettes = palettes.filter_map(|tag| header.element(tag));
        let data = items.into_iter().flatten().flatten();
        data.filter(|element| element.tag == LUT_DATA)
            .chain(palettes)
            .filter_map(|element| lies_in(&element.value))
            .collect()
    }

    /// What `header` says of frame `index0`; `long`: what lies at [`Presentation::long_values`].
    /// A table whose bytes are not at hand counts as none.
    pub fn read(header: &Header, index0: u32, long: &LongValues) -> Self {
        let scope = Scope::new(header, index0);
        let number = |group, element| {
            let values = scope.texts(group, Tag(0x0028, element));
            values
                .first()
                .and_then(|text| text.trim().parse::<f64>().ok())
        };
        let transformation = Some(PIXEL_VALUE_TRANSFORMATION);
        let voi = Some(FRAME_VOI_LUT);
        let window = number(voi, 0x1050).zip(number(voi, 0x1051));
        let function = scope.texts(voi, Tag(0x0028, 0x1056));
        let tables = Tables { header, long };
        Self {
            modality_table: tables.of(tables.item(MODALITY_LUT), LUT_DESCRIPTOR, LUT_DATA),
            voi_table: tables.of(tables.item(VOI_LUT), LUT_DESCRIPTOR, LUT_DATA),
            palette: tables.palette(),
            slope: number(transformation, 0x1053).unwrap_or(1.0),
            intercept: number(transformation, 0x1052).unwrap_or(0.0),
            window: window
                .filter(|(center, width)| center.is_finite() && *width > 0.0)
                .map(|(center, width)| Window { center, width }),
            function: match function.first().map(|term| term.trim()) {
                Some("LINEAR_EXACT") => WindowFunction::LinearExact,
                Some("SIGMOID") => WindowFunction::Sigmoid,
                _ => WindowFunction::Linear,
            },
            padding: header.number(Tag(0x0028, 0x0120)),
        }
    }
}

/// Where attributes of one frame are looked for.
struct Scope<'h> {
    header: &'h Header,
    groups: Vec<&'h [Element]>,
}

impl<'h> Scope<'h> {
    fn new(header: &'h Header, index0: u32) -> Self {
        let item = |tag, index: u32| match &header.element(tag)?.value {
            Value::Items(items) => items.get(index as usize).map(Vec::as_slice),
            _ => None,
        };
        let groups = [item(FRAME_GROUPS, index0), item(SHARED_GROUPS, 0)];
        Self {
            header,
            groups: groups.into_iter().flatten().collect(),
        }
    }

    /// The values of an attribute: of the functional group `group`, else of the header itself.
    fn texts(&self, group: Option<Tag>, tag: Tag) -> Vec<String> {
        let in_group = |groups: &&'h [Element]| {
            let macros = groups.iter().find(|element| Some(element.tag) == group)?;
            match &macros.value {
                Value::Items(items) => items.first()?.iter().find(|element| element.tag == tag),
                _ => None,
            }
        };
        match self.groups.iter().find_map(in_group) {
            Some(element) => element.texts(self.header.charset()),
            None => self.header.texts(tag),
        }
    }
}

/// Values that lie in the data set, by where they do.
pub type LongValues = HashMap<Span, Vec<u8>>;

fn lies_in(value: &Value) -> Option<Span> {
    match *value {
        Value::Bulk { offset, length } => Some(Span { offset, length }),
        _ => None,
    }
}

/// Reads look-up tables.
struct Tables<'h> {
    header: &'h Header,
    long: &'h LongValues,
}

impl<'h> Tables<'h> {
    /// The first item of a sequence.
    fn item(&self, tag: Tag) -> Option<&'h [Element]> {
        match &self.header.element(tag)?.value {
            Value::Items(items) => items.first().map(Vec::as_slice),
            _ => None,
        }
    }

    fn palette(&self) -> Option<[Table; 3]> {
        let elements = Some(self.header.elements.as_slice());
        let table = |colour: u16| {
            let descriptor = Tag(0x0028, 0x1100 + colour);
            self.of(elements, descriptor, Tag(0x0028, 0x1200 + colour))
        };
        Some([table(1)?, table(2)?, table(3)?])
    }

    fn of(&self, elements: Option<&[Element]>, descriptor: Tag, data: Tag) -> Option<Table> {
        let find = |tag| {
            elements?
                .iter()
                .find(|element: &&Element| element.tag == tag)
        };
        let Value::Bytes(descriptor) = &find(descriptor)?.value else {
            return None;
        };
        let data = match &find(data)?.value {
            Value::Bytes(bytes) => bytes,
            value => self.long.get(&lies_in(value)?)?,
        };
        Table::new(
            descriptor,
            data,
            self.header.transfer_syntax.is_big_endian(),
        )
    }
}
