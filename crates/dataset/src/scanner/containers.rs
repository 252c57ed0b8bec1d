//! The sequences and items that are open while a data set is read (PS3.5 §7.5).

use dicom_core::{Tag, VR};

use super::element_header::Encoding;
use crate::{Element, Value};

/// No end is known.
pub(super) const OPEN_END: u64 = u64::MAX;

/// A sequence that is being read, and its open item.
#[derive(Debug)]
struct Sequence {
    tag: Tag,
    end: u64,
    encoding: Encoding,
    items: Vec<Vec<Element>>,
    item: Option<Item>,
    /// Nothing inside may pass this byte: the nearest end of this and all outer containers.
    bound: u64,
    /// Whether the encoding of its items is to be looked at: VR UN may hold either form.
    uncertain: bool,
}

#[derive(Debug)]
struct Item {
    end: u64,
    bound: u64,
    encoding: Encoding,
    elements: Vec<Element>,
    outer_signed: bool,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// An element of the data set itself.
    TopElement,
    /// An element of an item; `first`: none came yet.
    ItemElement { first: bool },
    /// An item of a sequence, or the sequence's end.
    Item,
}

/// The data set at top level and the sequences open in it, outermost first.
#[derive(Debug)]
pub(super) struct Containers {
    pub(super) root: Vec<Element>,
    pub(super) encoding: Encoding,
    /// Pixel Representation (0028,0103) is 1, in the innermost data set that has it.
    pub(super) signed: bool,
    open: Vec<Sequence>,
}

impl Containers {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self {
            root: Vec::new(),
            encoding,
            signed: false,
            open: Vec::new(),
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The innermost open sequence.
    pub(super) fn innermost(&self) -> Option<Tag> {
        self.open.last().map(|sequence| sequence.tag)
    }

    pub(super) fn expected(&self) -> Expected {
        match self.open.last() {
            None => Expected::TopElement,
            Some(Sequence { item: None, .. }) => Expected::Item,
            Some(Sequence {
                item: Some(item), ..
            }) => Expected::ItemElement {
                first: item.elements.is_empty(),
            },
        }
    }

    /// How the next element is written.
    pub(super) fn current_encoding(&self) -> Encoding {
        match self.open.last() {
            None => self.encoding,
            Some(sequence) => match &sequence.item {
                Some(item) => item.encoding,
                None => sequence.encoding,
            },
        }
    }

    /// The byte that nothing may pass now.
    pub(super) fn bound(&self) -> u64 {
        match self.open.last() {
            None => OPEN_END,
            Some(sequence) => match &sequence.item {
                Some(item) => item.bound,
                None => sequence.bound,
            },
        }
    }

    /// Whether the open item was announced in a form that its first element may belie.
    pub(super) fn may_change_form(&self) -> bool {
        self.open
            .last()
            .is_some_and(|sequence| sequence.uncertain || !sequence.encoding.implicit)
    }

    /// Sets the form of the open item, or of the data set where none is open.
    pub(super) fn set_implicit(&mut self, implicit: bool) {
        match self.open.last_mut() {
            None => self.encoding.implicit = implicit,
            Some(sequence) => {
                if let Some(item) = &mut sequence.item {
                    item.encoding.implicit = implicit;
                }
            }
        }
    }

    pub(super) fn push(&mut self, element: Element) {
        if element.tag == Tag(0x0028, 0x0103)
            && let Value::Bytes(bytes) = &element.value
        {
            self.signed = bytes.contains(&1);
        }
        match self.open.last_mut().and_then(|open| open.item.as_mut()) {
            Some(item) => item.elements.push(element),
            None => self.root.push(element),
        }
    }

    pub(super) fn open_sequence(
        &mut self,
        tag: Tag,
        end: u64,
        encoding: Encoding,
        uncertain: bool,
    ) {
        self.open.push(Sequence {
            tag,
            end,
            encoding,
            items: Vec::new(),
            item: None,
            bound: end.min(self.bound()),
            uncertain,
        });
    }

    pub(super) fn open_item(&mut self, end: u64) {
        let signed = self.signed;
        if let Some(sequence) = self.open.last_mut() {
            sequence.item = Some(Item {
                end,
                bound: end.min(sequence.bound),
                encoding: sequence.encoding,
                elements: Vec::new(),
                outer_signed: signed,
            });
        }
    }

    pub(super) fn close_item(&mut self) {
        if let Some(sequence) = self.open.last_mut()
            && let Some(item) = sequence.item.take()
        {
            self.signed = item.outer_signed;
            sequence.items.push(item.elements);
        }
    }

    pub(super) fn close_sequence(&mut self) {
        self.close_item();
        if let Some(sequence) = self.open.pop() {
            self.push(Element {
                tag: sequence.tag,
                vr: VR::SQ,
                value: Value::Items(sequence.items),
            });
        }
    }

    /// Closes every item and sequence whose defined length ends at `position`.
    pub(super) fn close_ended(&mut self, position: u64) {
        while let Some(sequence) = self.open.last() {
            match &sequence.item {
                Some(item) if item.end == position => self.close_item(),
                None if sequence.end == position => self.close_sequence(),
                _ => break,
            }
        }
    }
}
