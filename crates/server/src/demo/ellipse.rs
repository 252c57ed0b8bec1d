//! What a slice is painted with.

/// An ellipse of one tissue in the plane of a slice: mm from the centre, x to the patient's left,
/// y to the back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ellipse {
    pub(super) x: f64,
    pub(super) y: f64,
    /// Half axes, mm.
    pub(super) rx: f64,
    pub(super) ry: f64,
    /// Turned by, radians.
    pub(super) angle: f64,
    /// Hounsfield units.
    pub(super) hu: f64,
}

/// Half the width of an edge, mm: the blur of the scanner.
const EDGE: f64 = 0.9;

impl Ellipse {
    pub(super) fn new(x: f64, y: f64, rx: f64, ry: f64, hu: f64) -> Self {
        Self {
            x,
            y,
            rx,
            ry,
            angle: 0.0,
            hu,
        }
    }

    pub(super) fn turned(self, angle: f64) -> Self {
        Self { angle, ..self }
    }

    /// The cut of an ellipsoid with the plane `z`, its centre at `centre` and half height `rz`.
    pub(super) fn cut(self, z: f64, centre: f64, rz: f64) -> Option<Self> {
        let away = (z - centre) / rz;
        let scale = (1.0 - away * away).max(0.0).sqrt();
        (scale > 0.05).then_some(Self {
            rx: self.rx * scale,
            ry: self.ry * scale,
            ..self
        })
    }

    /// How far it reaches from its centre, mm.
    pub(super) fn reach(&self) -> f64 {
        self.rx.max(self.ry) + EDGE
    }

    /// How much of it is at a point: 0 outside, 1 inside, between on the edge.
    pub(super) fn cover(&self, x: f64, y: f64) -> f64 {
        let (sin, cos) = self.angle.sin_cos();
        let (dx, dy) = (x - self.x, y - self.y);
        let u = (dx * cos + dy * sin) / self.rx;
        let v = (dy * cos - dx * sin) / self.ry;
        let distance = (1.0 - u.hypot(v)) * self.rx.min(self.ry);
        (distance / (2.0 * EDGE) + 0.5).clamp(0.0, 1.0)
    }
}
