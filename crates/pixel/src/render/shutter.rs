//! Display shutters (PS3.3 §C.7.6.11): what lies outside of them is not shown.

use dataset::Tag;

use super::{level::Level, picture::Picture};

/// The shutters of an image or a presentation state; a pixel is shown that is within all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shutter {
    shapes: Vec<Shape>,
    /// Shutter Presentation Value (0018,1622), of 8 bits.
    gray: u8,
}

/// Rows and columns count from 1.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    /// The first and the last row and column that are shown.
    Rectangle {
        rows: (i64, i64),
        columns: (i64, i64),
    },
    Circle {
        center: (f64, f64),
        radius: f64,
    },
    /// Corners, row and column.
    Polygon(Vec<(f64, f64)>),
}

/// More corners than a polygon that is drawn by hand has.
const MOST_CORNERS: usize = 4_096;

impl Shutter {
    pub(super) fn read(top: &Level<'_>) -> Self {
        let shapes = top.texts(Tag(0x0018, 0x1600));
        let shapes = shapes.iter().filter_map(|shape| match shape.trim() {
            "RECTANGULAR" => rectangle(top),
            "CIRCULAR" => circle(top),
            "POLYGONAL" => polygon(top),
            _ => None,
        });
        let gray = top.integer(Tag(0x0018, 0x1622)).unwrap_or(0);
        Self {
            shapes: shapes.collect(),
            // P-Values of 16 bits.
            gray: (gray >> 8).clamp(0, 255) as u8,
        }
    }

    /// Whether nothing is shut off.
    pub(super) fn is_open(&self) -> bool {
        self.shapes.is_empty()
    }

    /// Covers what is not shown.
    pub(super) fn draw(&self, picture: &mut Picture) {
        for shape in &self.shapes {
            for row in 0..picture.rows {
                let mut covered = 0;
                for (from, to) in shape.spans(row, picture.columns) {
                    picture.fill(row, covered, from, self.gray);
                    covered = to;
                }
                picture.fill(row, covered, picture.columns, self.gray);
            }
        }
    }
}

fn rectangle(top: &Level<'_>) -> Option<Shape> {
    let edge = |element| top.integer(Tag(0x0018, element));
    Some(Shape::Rectangle {
        columns: (edge(0x1602)?, edge(0x1604)?),
        rows: (edge(0x1606)?, edge(0x1608)?),
    })
}

fn circle(top: &Level<'_>) -> Option<Shape> {
    let center = top.decimals(Tag(0x0018, 0x1610));
    let &[row, column] = center.as_slice() else {
        return None;
    };
    Some(Shape::Circle {
        center: (row, column),
        radius: top.decimal(Tag(0x0018, 0x1612))?,
    })
}

fn polygon(top: &Level<'_>) -> Option<Shape> {
    let corners = top.decimals(Tag(0x0018, 0x1620));
    let corners: Vec<_> = corners
        .chunks_exact(2)
        .map(|corner| (corner[0], corner[1]))
        .collect();
    (3..=MOST_CORNERS)
        .contains(&corners.len())
        .then_some(Shape::Polygon(corners))
}

impl Shape {
    /// The spans of columns, from 0, that are shown of a row, from left to right: from, and up to.
    fn spans(&self, row: u32, columns: u32) -> Vec<(u32, u32)> {
        let row = i64::from(row) + 1;
        // From columns, counted from 1, that are the first and the last shown.
        let span = |first: f64, last: f64| {
            let from = (first.ceil() - 1.0).clamp(0.0, f64::from(columns)) as u32;
            let to = last.floor().clamp(0.0, f64::from(columns)) as u32;
            (from, to.max(from))
        };
        match self {
            Self::Rectangle {
                rows: (upper, lower),
                columns: (left, right),
            } => {
                if (*upper..=*lower).contains(&row) {
                    vec![span(*left as f64, *right as f64)]
                } else {
                    Vec::new()
                }
            }
            Self::Circle {
                center: (middle, column),
                radius,
            } => {
                let half = (radius * radius - (row as f64 - middle).powi(2)).sqrt();
                if half.is_nan() {
                    return Vec::new();
                }
                vec![span(column - half, column + half)]
            }
            Self::Polygon(corners) => {
                let row = row as f64;
                let next = corners.iter().cycle().skip(1);
                let mut crossings: Vec<f64> = corners
                    .iter()
                    .zip(next)
                    // A corner counts for the edge below it, so that each is crossed once.
                    .filter(|((a, _), (b, _))| (*a <= row) != (*b <= row))
                    .map(|((a, left), (b, right))| left + (row - a) / (b - a) * (right - left))
                    .collect();
                crossings.sort_by(f64::total_cmp);
                crossings
                    .chunks_exact(2)
                    .map(|pair| span(pair[0], pair[1]))
                    .collect()
            }
        }
    }
}
