//! Ribs: they leave the spine and go down as they come forward.

use std::f64::consts::PI;

use super::ellipse::Ellipse;

/// The cage: half axes, mm.
const CAGE: (f64, f64) = (147.0, 95.0);
/// How far a rib comes down on its way to the front, mm.
const FALL: f64 = 90.0;
/// Distance of ribs at the spine, mm.
const DISTANCE: f64 = 27.0;

/// The ribs that a slice at `z` cuts: cortical bone, marrow in it.
pub(super) fn cut(z: f64) -> Vec<Ellipse> {
    let mut cuts = Vec::new();
    for rib in 0..13_u8 {
        let spine = -20.0 + DISTANCE * f64::from(rib);
        let way = (spine - z) / FALL;
        if !(0.0..=1.0).contains(&way) {
            continue;
        }
        let angle = (0.16 + 0.68 * way) * PI;
        for side in [-1.0, 1.0] {
            let (x, y) = (side * CAGE.0 * angle.sin(), 2.0 + CAGE.1 * angle.cos());
            let turned = (-CAGE.1 * angle.sin()).atan2(side * CAGE.0 * angle.cos());
            let bone = |rx, ry, hu| Ellipse::new(x, y, rx, ry, hu).turned(turned);
            cuts.push(bone(14.0, 5.2, 620.0));
            cuts.push(bone(12.0, 3.0, 240.0));
        }
    }
    cuts
}
