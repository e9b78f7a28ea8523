//! The tray's icon: the brackets of the logo around a shape that says how things stand. Drawn here, because the same few
//! lines give every size and both looks; colour never carries the meaning.

use super::glance::Shape;

/// The side of the icon, in pixels. Panels scale it down; the shapes are made for 16.
#[cfg(not(windows))]
pub(crate) const SIDE: u32 = 64;
/// Windows takes the icon as it is.
#[cfg(windows)]
pub(crate) const SIDE: u32 = 32;

/// The blue of the logo's tile.
const TILE: [u8; 3] = [0x1b, 0x4f, 0x96];
const WHITE: [u8; 3] = [0xff; 3];
const BLACK: [u8; 3] = [0; 3];

/// Samples along one side of a pixel.
const FINE: u32 = 4;

/// A place on a drawing of 24 by 24.
type Point = (f32, f32);

/// How it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// White on the logo's tile: to be seen on light and on dark panels, which can't be told apart everywhere.
    Tile,
    /// Black on nothing: macOS colours it itself.
    Template,
}

/// The look this platform wants.
pub(crate) const LOOK: Look = if cfg!(target_os = "macos") {
    Look::Template
} else {
    Look::Tile
};

/// The icon as rows of red, green, blue, alpha.
pub(crate) fn draw(shape: Shape, look: Look, side: u32) -> Vec<u8> {
    let mut pixels = Vec::with_capacity((side * side * 4) as usize);
    let step = 24.0 / (side * FINE) as f32;
    for y in 0..side {
        for x in 0..side {
            let (mut ink, mut tile) = (0, 0);
            for sample in 0..FINE * FINE {
                let at = (
                    ((x * FINE + sample % FINE) as f32 + 0.5) * step,
                    ((y * FINE + sample / FINE) as f32 + 0.5) * step,
                );
                ink += u32::from(is_ink(shape, look, at));
                tile += u32::from(look == Look::Tile && is_tile(at));
            }
            pixels.extend(pixel(look, ink, tile.max(ink)));
        }
    }
    pixels
}

/// One pixel of which so many samples are ink and so many are covered at all.
fn pixel(look: Look, ink: u32, covered: u32) -> [u8; 4] {
    let all = FINE * FINE;
    let (over, under) = match look {
        Look::Tile => (WHITE, TILE),
        Look::Template => (BLACK, BLACK),
    };
    let mixed = |place: usize| {
        if covered == 0 {
            return 0;
        }
        let sum = u32::from(over[place]) * ink + u32::from(under[place]) * (covered - ink);
        u8::try_from(sum / covered).unwrap_or(u8::MAX)
    };
    let alpha = u8::try_from(covered * 255 / all).unwrap_or(u8::MAX);
    [mixed(0), mixed(1), mixed(2), alpha]
}

fn is_tile((x, y): Point) -> bool {
    const ROUND: f32 = 5.0;
    let off = |at: f32| ((at - 12.0).abs() - (11.5 - ROUND)).max(0.0);
    off(x).hypot(off(y)) <= ROUND
}

fn is_ink(shape: Shape, look: Look, (x, y): Point) -> bool {
    // On the tile everything is smaller, so that it keeps its edge.
    let scale = if look == Look::Tile { 0.92 } else { 1.0 };
    let at = ((x - 12.0) / scale + 12.0, (y - 12.0) / scale + 12.0);
    let mirrored = (24.0 - at.0, at.1);
    let bracket: &[Point] = &[(8.5, 4.5), (5.0, 4.5), (5.0, 19.5), (8.5, 19.5)];
    on_line(bracket, 1.1, at) || on_line(bracket, 1.1, mirrored) || is_sign(shape, at)
}

/// What stands between the brackets.
fn is_sign(shape: Shape, at: Point) -> bool {
    match shape {
        Shape::Dot => on_line(&[(12.0, 12.0)], 2.8, at),
        Shape::Alert => {
            on_line(&[(12.0, 7.0), (12.0, 12.8)], 1.4, at) || on_line(&[(12.0, 16.6)], 1.5, at)
        }
        Shape::Arrow => {
            on_line(&[(12.0, 6.8), (12.0, 16.0)], 1.1, at)
                || on_line(&[(8.9, 13.0), (12.0, 16.6), (15.1, 13.0)], 1.1, at)
        }
        Shape::Lock => {
            let (x, y) = at;
            let body = (8.7..=15.3).contains(&x) && (11.6..=17.0).contains(&y);
            let from_top = (x - 12.0).hypot((y - 10.0).min(0.0));
            let shackle = (1.3..=2.7).contains(&from_top) && y <= 11.6;
            body || shackle
        }
    }
}

/// Whether a point is within `reach` of a line through these places.
fn on_line(line: &[Point], reach: f32, at: Point) -> bool {
    let near = |from: Point, to: Point| {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx * dx + dy * dy;
        let along = if length > 0.0 {
            (((at.0 - from.0) * dx + (at.1 - from.1) * dy) / length).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (at.0 - from.0 - along * dx).hypot(at.1 - from.1 - along * dy) <= reach
    };
    match line {
        [one] => near(*one, *one),
        _ => line.windows(2).any(|pair| near(pair[0], pair[1])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: [Shape; 4] = [Shape::Dot, Shape::Alert, Shape::Arrow, Shape::Lock];

    /// Where there is ink, without any colour.
    fn mask(shape: Shape, look: Look, side: u32) -> Vec<bool> {
        draw(shape, look, side)
            .chunks(4)
            .map(|pixel| match look {
                Look::Tile => pixel[0] > 0x8d && pixel[3] > 0x7f,
                Look::Template => pixel[3] > 0x7f,
            })
            .collect()
    }

    #[test]
    fn states_differ_by_shape_at_every_size_and_without_colour() {
        for look in [Look::Tile, Look::Template] {
            for side in [16, 32, 64] {
                for (at, one) in SHAPES.into_iter().enumerate() {
                    for other in SHAPES.into_iter().skip(at + 1) {
                        let differing = mask(one, look, side)
                            .iter()
                            .zip(mask(other, look, side))
                            .filter(|(a, b)| **a != *b)
                            .count();
                        // At least a twentieth of the middle, where the sign is.
                        let enough = (side / 2 * side / 2 / 20) as usize;
                        assert!(
                            differing > enough,
                            "{one:?} and {other:?}, {look:?}, {side}: {differing}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_brackets_are_the_same_around_every_sign_and_mirror_each_other() {
        let side = 64_usize;
        for look in [Look::Tile, Look::Template] {
            let dot = mask(Shape::Dot, look, 64);
            for shape in SHAPES {
                let mask = mask(shape, look, 64);
                for y in 0..side {
                    for x in 0..side / 4 {
                        assert_eq!(mask[y * side + x], dot[y * side + x], "{shape:?}");
                        assert_eq!(mask[y * side + x], mask[y * side + side - 1 - x]);
                    }
                }
                assert!(mask[32 * side..33 * side][..side / 3].contains(&true));
            }
        }
    }

    #[test]
    fn the_tile_leaves_the_corners_free_and_the_template_has_no_colour() {
        let tile = draw(Shape::Dot, Look::Tile, 32);
        assert_eq!(tile.len(), 32 * 32 * 4);
        assert_eq!(tile[3], 0, "the corner is clear");
        assert_eq!(tile[16 * 4..16 * 4 + 3], TILE, "the top edge is the tile");
        let template = draw(Shape::Lock, Look::Template, 32);
        assert!(template.chunks(4).all(|pixel| pixel[..3] == [0, 0, 0]));
    }
}
