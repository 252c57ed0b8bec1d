//! A chest in ellipses: from the dome of the liver (z = 0) to the top of the lungs.

use super::{
    ellipse::Ellipse,
    noise::{mix, unit},
    ribs,
};

/// Vessels drawn in each lung.
const VESSELS: u64 = 90;

/// What a slice at `z` mm shows, from the back of the painting to its front.
pub(super) fn at(z: f64) -> Vec<Ellipse> {
    let mut tissue = body(z);
    tissue.extend(lungs(z));
    tissue.extend(abdomen(z));
    tissue.extend(mediastinum(z));
    tissue.extend(spine(z));
    tissue
}

fn body(z: f64) -> Vec<Ellipse> {
    let mut body = vec![
        Ellipse::new(0.0, 141.0, 190.0, 9.0, -120.0),
        Ellipse::new(0.0, 142.0, 186.0, 6.0, -880.0),
        Ellipse::new(0.0, 2.0, 176.0, 122.0, 20.0),
        Ellipse::new(0.0, 2.0, 174.5, 120.5, -105.0),
        Ellipse::new(0.0, 4.0, 161.0, 107.0, 52.0),
        Ellipse::new(0.0, -2.0, 141.0, 89.0, -70.0),
    ];
    if z > 110.0 {
        for side in [-1.0, 1.0] {
            let blade = Ellipse::new(side * 116.0, 70.0, 31.0, 4.5, 560.0);
            body.push(blade.turned(side * -0.75));
            let marrow = Ellipse::new(side * 116.0, 70.0, 28.0, 2.0, 220.0);
            body.push(marrow.turned(side * -0.75));
        }
    }
    body.extend(ribs::cut(z));
    if z > 50.0 {
        body.push(Ellipse::new(0.0, -96.0, 22.0, 7.0, 420.0));
        body.push(Ellipse::new(0.0, -96.0, 19.0, 4.5, 160.0));
    }
    body
}

fn lungs(z: f64) -> Vec<Ellipse> {
    let mut lungs = Vec::new();
    for side in [-1.0, 1.0] {
        let lung = Ellipse::new(side * 72.0, 2.0, 62.0, 82.0, -845.0);
        let Some(lung) = lung.cut(z, 95.0, 165.0) else {
            continue;
        };
        lungs.push(lung);
        lungs.extend(vessels(lung, z, side));
    }
    // Something to find: a nodule of 14 mm in the right upper lobe.
    lungs.extend(Ellipse::new(-92.0, -22.0, 7.0, 6.5, 38.0).cut(z, 150.0, 9.0));
    lungs
}

/// Vessels that wander through a lung, thicker near its root.
fn vessels(lung: Ellipse, z: f64, side: f64) -> Vec<Ellipse> {
    let seed = if side < 0.0 { 1 } else { 2 };
    (0..VESSELS)
        .filter_map(|number| {
            let random = |what: u64| unit(mix(seed << 32 | number << 8 | what));
            let turn = random(0) * std::f64::consts::TAU + z * (random(1) - 0.5) * 0.012;
            let out = 0.18 + 0.74 * random(2).sqrt();
            let thick = (3.6 - 3.0 * out) * (0.6 + 0.8 * random(3));
            let (sin, cos) = turn.sin_cos();
            let (x, y) = (lung.x + cos * lung.rx * out, lung.y + sin * lung.ry * out);
            let long = thick * (1.0 + 2.5 * random(4));
            let vessel = Ellipse::new(x, y, long.max(0.6), thick.max(0.6), 30.0).turned(turn);
            vessel.cut(z, 20.0 + 190.0 * random(5), 25.0 + 45.0 * random(6))
        })
        .collect()
}

fn abdomen(z: f64) -> Vec<Ellipse> {
    [
        Ellipse::new(-52.0, 2.0, 86.0, 80.0, 112.0).cut(z, -22.0, 82.0),
        Ellipse::new(-66.0, 10.0, 5.0, 7.0, 165.0).cut(z, 5.0, 30.0),
        Ellipse::new(-35.0, -14.0, 9.0, 4.0, 160.0).cut(z, 10.0, 25.0),
        Ellipse::new(84.0, 30.0, 48.0, 42.0, 125.0).cut(z, -14.0, 55.0),
        Ellipse::new(58.0, -30.0, 44.0, 40.0, 35.0).cut(z, -12.0, 58.0),
        Ellipse::new(60.0, -50.0, 26.0, 14.0, -960.0).cut(z, -2.0, 40.0),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn mediastinum(z: f64) -> Vec<Ellipse> {
    let mut tissue = vec![Ellipse::new(0.0, -4.0, 30.0, 66.0, -40.0)];
    tissue.extend(
        [
            Ellipse::new(20.0, -24.0, 66.0, 52.0, 40.0).cut(z, 66.0, 52.0),
            Ellipse::new(44.0, -16.0, 27.0, 21.0, 225.0).cut(z, 60.0, 34.0),
            Ellipse::new(4.0, -44.0, 33.0, 18.0, 205.0).cut(z, 66.0, 34.0),
            Ellipse::new(-22.0, -18.0, 20.0, 24.0, 210.0).cut(z, 72.0, 32.0),
            Ellipse::new(10.0, 14.0, 28.0, 16.0, 220.0).cut(z, 92.0, 20.0),
            Ellipse::new(22.0, -26.0, 15.0, 15.0, 230.0).cut(z, 122.0, 26.0),
            Ellipse::new(-18.0, 2.0, 40.0, 9.0, 225.0).cut(z, 132.0, 12.0),
            Ellipse::new(46.0, 8.0, 26.0, 9.0, 225.0).cut(z, 138.0, 12.0),
            Ellipse::new(-8.0, -24.0, 17.0, 17.0, 235.0).cut(z, 138.0, 52.0),
            Ellipse::new(-30.0, -22.0, 10.0, 10.0, 250.0).cut(z, 160.0, 60.0),
            Ellipse::new(9.0, 8.0, 42.0, 12.0, 235.0).cut(z, 188.0, 14.0),
        ]
        .into_iter()
        .flatten(),
    );
    if let Some(arch) = tissue.last_mut().filter(|_| (174.0..202.0).contains(&z)) {
        *arch = arch.turned(1.1);
    }
    if z < 192.0 {
        tissue.push(Ellipse::new(24.0, 44.0, 13.0, 13.0, 232.0));
    }
    if z > 140.0 {
        tissue.push(Ellipse::new(0.0, 12.0, 11.5, 10.5, 70.0));
        tissue.push(Ellipse::new(0.0, 12.0, 9.5, 8.5, -985.0));
    } else if z > 90.0 {
        let apart = 6.0 + (140.0 - z) * 0.75;
        for side in [-1.0, 1.0] {
            tissue.push(Ellipse::new(side * apart, 14.0, 8.0, 7.0, 60.0));
            tissue.push(Ellipse::new(side * apart, 14.0, 6.5, 5.5, -970.0));
        }
    }
    tissue.push(Ellipse::new(6.0, 36.0, 7.5, 5.5, 42.0));
    tissue.push(Ellipse::new(6.0, 36.0, 2.0, 1.2, -600.0));
    tissue
}

fn spine(z: f64) -> Vec<Ellipse> {
    let mut spine = Vec::new();
    if z.rem_euclid(28.0) < 7.0 {
        spine.push(Ellipse::new(0.0, 68.0, 21.0, 16.0, 95.0));
    } else {
        spine.push(Ellipse::new(0.0, 68.0, 21.0, 16.0, 540.0));
        spine.push(Ellipse::new(0.0, 68.0, 18.5, 13.5, 195.0));
        for side in [-1.0, 1.0] {
            let process = Ellipse::new(side * 30.0, 92.0, 20.0, 6.0, 480.0);
            spine.push(process.turned(side * 0.35));
        }
    }
    spine.push(Ellipse::new(0.0, 94.0, 17.0, 13.0, 560.0));
    spine.push(Ellipse::new(0.0, 112.0, 4.5, 13.0, 520.0));
    spine.push(Ellipse::new(0.0, 92.0, 12.0, 9.5, -20.0));
    spine.push(Ellipse::new(0.0, 92.0, 6.5, 5.5, 38.0));
    spine
}
