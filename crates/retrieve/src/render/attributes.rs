//! What a header says of showing a frame: rescale, windows, look-up tables, palettes. Of enhanced
//! objects the frame's own functional groups come first, then the shared ones (PS3.3 §C.7.6.16).

use dataset::{Element, Header, Tag, Value};

use super::table::Table;
use crate::{RetrieveError, Window, source::Source};

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
pub(super) struct Presentation {
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
    pub(super) async fn read(
        source: &Source,
        header: &Header,
        index0: u32,
        limit: u64,
    ) -> Result<Self, RetrieveError> {
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
        let tables = Tables {
            source,
            header,
            limit,
        };
        let first_item = |tag| match &header.element(tag)?.value {
            Value::Items(items) => items.first().map(Vec::as_slice),
            _ => None,
        };
        Ok(Self {
            modality_table: tables
                .of(first_item(MODALITY_LUT), LUT_DESCRIPTOR, LUT_DATA)
                .await?,
            voi_table: tables
                .of(first_item(VOI_LUT), LUT_DESCRIPTOR, LUT_DATA)
                .await?,
            palette: tables.palette().await?,
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
        })
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

/// Reads look-up tables, long ones from the data set.
struct Tables<'s> {
    source: &'s Source,
    header: &'s Header,
    limit: u64,
}

impl Tables<'_> {
    async fn palette(&self) -> Result<Option<[Table; 3]>, RetrieveError> {
        let elements = Some(self.header.elements.as_slice());
        let mut tables = Vec::new();
        for colour in 1..=3 {
            let descriptor = Tag(0x0028, 0x1100 + colour);
            let data = Tag(0x0028, 0x1200 + colour);
            tables.extend(self.of(elements, descriptor, data).await?);
        }
        Ok(tables.try_into().ok())
    }

    async fn of(
        &self,
        elements: Option<&[Element]>,
        descriptor: Tag,
        data: Tag,
    ) -> Result<Option<Table>, RetrieveError> {
        let find = |tag| {
            elements?
                .iter()
                .find(|element: &&Element| element.tag == tag)
        };
        let (Some(descriptor), Some(data)) = (find(descriptor), find(data)) else {
            return Ok(None);
        };
        let Value::Bytes(descriptor) = &descriptor.value else {
            return Ok(None);
        };
        let data = match &data.value {
            Value::Bytes(bytes) => bytes.clone(),
            value => match crate::frames::lies_in(value) {
                Some(span) => self.source.read(span, self.limit).await?.to_vec(),
                None => return Ok(None),
            },
        };
        let big = self.header.transfer_syntax.is_big_endian();
        Ok(Table::new(descriptor, &data, big))
    }
}
