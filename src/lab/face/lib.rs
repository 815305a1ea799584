//! Draws the face of a synthetic person: ellipses and curves with soft edges, features that follow from a number.
//!
//! For samples of the board and cards of the lab, which share no other room.
//!
//! Invariants: no photograph of anybody; the same number draws the same face for ever.

use bits::random::{Random as _, SeededRandom};

/// Width and height of every face, in pixels.
pub const SIZE: (u16, u16) = (240, 320);

type Colour = [f32; 3];

const JPEG_QUALITY: u8 = 85;

const WIDTH: f32 = SIZE.0 as f32;
const HEIGHT: f32 = SIZE.1 as f32;
const CENTRE_X: f32 = WIDTH / 2.0;

const SKINS: [Colour; 4] = [[236.0, 199.0, 168.0], [224.0, 181.0, 146.0], [243.0, 210.0, 183.0], [211.0, 166.0, 131.0]];
const HAIRS: [Colour; 3] = [[28.0, 24.0, 26.0], [44.0, 33.0, 29.0], [20.0, 20.0, 28.0]];
const SHIRTS: [Colour; 4] =
    [[246.0, 247.0, 250.0], [214.0, 226.0, 242.0], [238.0, 240.0, 236.0], [226.0, 232.0, 246.0]];
const LIPS: Colour = [186.0, 96.0, 92.0];
const INK: Colour = [38.0, 28.0, 28.0];
const WHITE: Colour = [250.0, 249.0, 247.0];

/// Draws face `number` as rows of red, green, blue from the top left; odd numbers have short hair, even ones long.
pub fn draw(number: u32) -> Vec<u8> {
    let features = Features::of(number);
    let mut canvas = Canvas::new();
    background(&mut canvas);
    if features.long_hair {
        long_hair(&mut canvas, &features);
    }
    shoulders(&mut canvas, &features);
    head(&mut canvas, &features);
    hair(&mut canvas, &features);
    for side in [-1.0, 1.0] {
        eye(&mut canvas, &features, side);
        brow(&mut canvas, &features, side);
    }
    nose(&mut canvas, &features);
    mouth(&mut canvas, &features);
    if features.glasses {
        glasses(&mut canvas, &features);
    }
    canvas.finish(number)
}

/// Face `number` as a JPEG file; `None` where the coder refuses, which it does for no picture of this size.
pub fn jpeg(number: u32) -> Option<Vec<u8>> {
    let mut coded = Vec::new();
    let coder = jpeg_encoder::Encoder::new(&mut coded, JPEG_QUALITY);
    coder.encode(&draw(number), SIZE.0, SIZE.1, jpeg_encoder::ColorType::Rgb).ok()?;
    Some(coded)
}

/// The middles of the left and the right eye of face `number`, the person's own left first.
pub fn eyes(number: u32) -> [(u16, u16); 2] {
    let features = Features::of(number);
    [1.0, -1.0].map(|side| {
        let (x, y) = features.eye(side);
        (x.round() as u16, y.round() as u16)
    })
}

/// What tells one face from another. Lengths in pixels.
struct Features {
    skin: Colour,
    hair: Colour,
    shirt: Colour,
    long_hair: bool,
    glasses: bool,
    centre_y: f32,
    radius_x: f32,
    radius_y: f32,
    jaw: f32,
    eye_distance: f32,
    eye_width: f32,
    brow_lift: f32,
    mouth_width: f32,
    smile: f32,
    parting: f32,
}

impl Features {
    fn of(number: u32) -> Self {
        let mut random = SeededRandom::new(&format!("diemdanh lab face {number}"));
        let mut between = |low: f32, high: f32| {
            let byte = random.bytes(1).first().copied().unwrap_or_default();
            low + (high - low) * f32::from(byte) / 255.0
        };
        let pick = |colours: &[Colour], at: f32| {
            let index = at as usize % colours.len();
            colours.get(index).copied().unwrap_or(INK)
        };
        Self {
            skin: pick(&SKINS, between(0.0, 3.99)),
            hair: pick(&HAIRS, between(0.0, 2.99)),
            shirt: pick(&SHIRTS, between(0.0, 3.99)),
            long_hair: number.is_multiple_of(2) || number == 9,
            glasses: number % 5 == 3 || number % 7 == 4,
            centre_y: between(146.0, 154.0),
            radius_x: between(53.0, 61.0),
            radius_y: between(71.0, 79.0),
            jaw: between(0.10, 0.30),
            eye_distance: between(22.0, 26.0),
            eye_width: between(10.0, 12.5),
            brow_lift: between(2.0, 5.0),
            mouth_width: between(17.0, 23.0),
            smile: between(0.5, 3.5),
            parting: between(-26.0, 26.0),
        }
    }

    /// The middle of the eye on that side of the picture.
    fn eye(&self, side: f32) -> (f32, f32) {
        (CENTRE_X + side * self.eye_distance, self.centre_y - 5.0)
    }

    /// How far inside the outline of the head a point is: 0 in the middle, 1 on the outline.
    fn within_head(&self, x: f32, y: f32) -> f32 {
        let down = ((y - self.centre_y) / self.radius_y).clamp(0.0, 1.0);
        let radius_x = self.radius_x * (1.0 - self.jaw * down * down);
        ((x - CENTRE_X) / radius_x).hypot((y - self.centre_y) / self.radius_y)
    }
}

fn background(canvas: &mut Canvas) {
    canvas.shade(|_, y, _| {
        let depth = y / HEIGHT;
        [222.0 - 16.0 * depth, 232.0 - 14.0 * depth, 243.0 - 10.0 * depth]
    });
}

fn long_hair(canvas: &mut Canvas, features: &Features) {
    let (top, radius_x) = (features.centre_y - 8.0, features.radius_x + 17.0);
    canvas.fill(features.hair, |x, y| edge(ellipse(x, y, CENTRE_X, top, radius_x, features.radius_y + 16.0), 1.5));
    canvas.fill(features.hair, |x, y| {
        let width = radius_x - 3.0 + 5.0 * ((y - top) / 60.0).sin();
        edge((x - CENTRE_X).abs() - width, 1.5) * edge(top - y, 1.0) * edge(y - 300.0, 12.0)
    });
}

fn shoulders(canvas: &mut Canvas, features: &Features) {
    let shaded = scaled(features.shirt, 0.86);
    canvas.fill(shaded, |x, y| edge(ellipse(x, y, CENTRE_X, 346.0, 112.0, 92.0), 1.5));
    canvas.fill(features.shirt, |x, y| edge(ellipse(x, y, CENTRE_X - 10.0, 352.0, 98.0, 92.0), 26.0));
    let neck = scaled(features.skin, 0.86);
    let chin = features.centre_y + features.radius_y;
    canvas
        .fill(neck, |x, y| edge((x - CENTRE_X).abs() - 25.0, 2.0) * edge(y - 268.0, 3.0) * edge(chin - 40.0 - y, 2.0));
    // The shadow of the chin, then the open collar and its two wings.
    canvas.fill(scaled(features.skin, 0.70), |x, y| {
        0.7 * edge(ellipse(x, y, CENTRE_X, chin + 2.0, 27.0, 12.0), 10.0) * edge((x - CENTRE_X).abs() - 25.0, 2.0)
    });
    canvas.fill(neck, |x, y| edge((x - CENTRE_X).abs() - (292.0 - y) * 0.72, 1.5) * edge(262.0 - y, 2.0));
    for side in [-1.0, 1.0] {
        let wing = move |x: f32, y: f32| {
            let across = (x - CENTRE_X) * side;
            let inner = (292.0 - y) * 0.72;
            edge(inner - across, 1.2)
                * edge(across - inner - 17.0, 1.2)
                * edge(258.0 - y, 2.0)
                * edge(y - 296.0 + across * 0.1, 1.5)
        };
        canvas.fill(scaled(features.shirt, 0.97), wing);
        canvas.fill(scaled(features.shirt, 0.72), move |x, y| {
            let across = (x - CENTRE_X) * side - (292.0 - y) * 0.72;
            0.8 * line(across - 17.0, 1.0) * edge(258.0 - y, 2.0) * edge(y - 296.0, 2.0)
        });
    }
    canvas.fill(scaled(features.shirt, 0.75), |x, y| 0.8 * line(x - CENTRE_X, 0.8) * edge(292.0 - y, 1.0));
}

fn head(canvas: &mut Canvas, features: &Features) {
    let ear = scaled(features.skin, 0.90);
    for side in [-1.0, 1.0] {
        let x0 = CENTRE_X + side * (features.radius_x - 1.0);
        canvas.fill(ear, move |x, y| edge(ellipse(x, y, x0, features.centre_y + 4.0, 9.0, 16.0), 1.5));
        canvas.fill(scaled(ear, 0.86), move |x, y| {
            0.6 * edge(ellipse(x, y, x0 + side * 2.0, features.centre_y + 4.0, 4.0, 9.0), 4.0)
        });
    }
    let size = features.radius_x;
    canvas.blend(|x, y, _| {
        let within = features.within_head(x, y);
        // Light comes from the upper left.
        let turn = ((x - CENTRE_X + 14.0) / features.radius_x).powi(2) * 0.16;
        let fall = ((y - features.centre_y + 20.0) / features.radius_y).max(0.0).powi(2) * 0.08;
        (scaled(features.skin, 1.03 - turn - fall), edge((within - 1.0) * size, 1.5))
    });
    for side in [-1.0, 1.0] {
        let x0 = CENTRE_X + side * features.radius_x * 0.55;
        let blush = [features.skin[0], features.skin[1] * 0.86, features.skin[2] * 0.84];
        canvas.fill(blush, move |x, y| 0.4 * edge(ellipse(x, y, x0, features.centre_y + 26.0, 13.0, 9.0), 12.0));
    }
}

fn hair(canvas: &mut Canvas, features: &Features) {
    let top = features.centre_y - 14.0;
    let crown = if features.long_hair { 12.0 } else { 8.0 };
    canvas.blend(|x, y, _| {
        let cap = ellipse(x, y, CENTRE_X, top, features.radius_x + crown, features.radius_y + 4.0);
        let from_parting = (x - CENTRE_X - features.parting) / features.radius_x;
        let sides = ((x - CENTRE_X).abs() / features.radius_x).powi(6) * if features.long_hair { 70.0 } else { 34.0 };
        let hairline = features.centre_y - features.radius_y * 0.62 + from_parting.powi(2) * 13.0 + sides;
        let strand = ((x * 0.9 + from_parting * y * 0.35) * 0.9).sin() * 0.10 + 1.0;
        let shine = (-((y - features.centre_y + features.radius_y * 0.92) / 9.0).powi(2)).exp() * 0.9;
        (lighter(scaled(features.hair, strand), shine * 30.0), edge(cap, 1.5) * edge(y - hairline, 2.5))
    });
}

fn eye(canvas: &mut Canvas, features: &Features, side: f32) {
    let (x0, y0) = features.eye(side);
    let (width, height) = (features.eye_width, features.eye_width * 0.48);
    let opening = move |x: f32, y: f32| ellipse(x, y, x0, y0, width, height);
    canvas.fill(scaled(features.skin, 0.86), move |x, y| {
        0.7 * edge(ellipse(x, y, x0, y0 - 1.0, width + 4.0, height + 4.0), 8.0)
    });
    canvas.fill(WHITE, move |x, y| edge(opening(x, y), 1.2));
    let iris = move |x: f32, y: f32, radius: f32| edge(ellipse(x, y, x0, y0, radius, radius), 1.0);
    canvas.fill([74.0, 48.0, 34.0], move |x, y| iris(x, y, 5.2).min(edge(opening(x, y), 1.0)));
    canvas.fill([18.0, 13.0, 12.0], move |x, y| iris(x, y, 2.6).min(edge(opening(x, y), 1.0)));
    canvas.fill(WHITE, move |x, y| edge(ellipse(x, y, x0 - 1.8, y0 - 1.9, 1.3, 1.3), 1.0));
    // The upper lid: the rim of the opening above its middle.
    canvas.fill(INK, move |x, y| line(opening(x, y), 1.4) * edge(y - y0 + 0.5, 2.5));
    canvas.fill(INK, move |x, y| 0.25 * line(opening(x, y), 1.0));
}

fn brow(canvas: &mut Canvas, features: &Features, side: f32) {
    let (x0, y0) = (CENTRE_X + side * (features.eye_distance + 1.0), features.centre_y - 19.0);
    let width = features.eye_width + 4.0;
    let thickness = if features.long_hair { 1.8 } else { 2.8 };
    canvas.fill(lighter(features.hair, 18.0), |x, y| {
        let along = (x - x0) / width;
        let arch = y0 - features.brow_lift * (1.0 - along * along);
        0.9 * line(y - arch, thickness * (1.0 - 0.45 * along * side)) * edge((along.abs() - 1.0) * width, 2.5)
    });
}

fn nose(canvas: &mut Canvas, features: &Features) {
    let tip = features.centre_y + 22.0;
    canvas.fill(scaled(features.skin, 0.80), |x, y| {
        0.5 * line(x - CENTRE_X - 5.0, 4.0) * edge(y - tip, 6.0) * edge(features.centre_y - 2.0 - y, 14.0)
    });
    canvas.fill(lighter(features.skin, 12.0), |x, y| {
        0.6 * line(x - CENTRE_X + 1.0, 4.0) * edge(y - tip + 2.0, 6.0) * edge(features.centre_y - y, 16.0)
    });
    canvas.fill(scaled(features.skin, 0.78), |x, y| 0.6 * edge(ellipse(x, y, CENTRE_X, tip + 4.0, 11.0, 4.0), 6.0));
    for side in [-1.0, 1.0] {
        canvas.fill(scaled(features.skin, 0.45), move |x, y| {
            0.8 * edge(ellipse(x, y, CENTRE_X + side * 5.5, tip + 4.0, 3.0, 1.5), 1.6)
        });
    }
}

fn mouth(canvas: &mut Canvas, features: &Features) {
    let (y0, width) = (features.centre_y + 44.0, features.mouth_width);
    let bend = move |x: f32| y0 - features.smile * ((x - CENTRE_X) / width).powi(2);
    let lips = if features.long_hair { LIPS } else { [178.0, 108.0, 98.0] };
    let taper = move |x: f32| (1.0 - ((x - CENTRE_X) / width).powi(2)).max(0.0);
    canvas.fill(lips, |x, y| {
        let upper = edge(bend(x) - 4.2 * taper(x).sqrt() - y, 1.2) * edge(y - bend(x), 1.0);
        let lower = edge(y - bend(x) - 6.0 * taper(x).sqrt(), 1.4) * edge(bend(x) - y, 1.0);
        upper.max(lower) * edge((x - CENTRE_X).abs() - width, 1.5)
    });
    canvas.fill(scaled(lips, 0.55), |x, y| 0.9 * line(y - bend(x), 1.0) * edge((x - CENTRE_X).abs() - width, 2.0));
    canvas.fill(lighter(lips, 36.0), |x, y| 0.5 * edge(ellipse(x, y, CENTRE_X - 2.0, y0 + 3.4, 7.0, 1.4), 2.0));
    canvas.fill(scaled(features.skin, 0.80), |x, y| 0.5 * edge(ellipse(x, y, CENTRE_X, y0 + 12.0, 11.0, 2.5), 6.0));
}

fn glasses(canvas: &mut Canvas, features: &Features) {
    let y0 = features.centre_y - 4.0;
    for side in [-1.0, 1.0] {
        let x0 = CENTRE_X + side * (features.eye_distance + 0.5);
        canvas.fill([40.0, 42.0, 52.0], move |x, y| line(ellipse(x, y, x0, y0, 18.5, 14.5), 1.6));
        canvas.fill(WHITE, move |x, y| 0.10 * edge(ellipse(x, y, x0, y0, 18.0, 14.0), 2.0));
    }
    let gap = features.eye_distance - 18.0;
    canvas.fill([40.0, 42.0, 52.0], move |x, y| line(y - y0 + 3.0, 1.4) * edge((x - CENTRE_X).abs() - gap, 1.0));
}

/// Signed distance from an ellipse, nearly: below zero within.
fn ellipse(x: f32, y: f32, x0: f32, y0: f32, radius_x: f32, radius_y: f32) -> f32 {
    (((x - x0) / radius_x).hypot((y - y0) / radius_y) - 1.0) * radius_x.min(radius_y)
}

/// How much of a pixel is covered at `distance` from an edge that is `softness` pixels wide.
fn edge(distance: f32, softness: f32) -> f32 {
    let at = (0.5 - distance / softness).clamp(0.0, 1.0);
    at * at * (3.0 - 2.0 * at)
}

/// Coverage by a line of half-width `width` at `distance` from its middle.
fn line(distance: f32, width: f32) -> f32 {
    edge(distance.abs() - width, 1.2)
}

fn scaled(colour: Colour, factor: f32) -> Colour {
    colour.map(|channel| channel * factor)
}

fn lighter(colour: Colour, amount: f32) -> Colour {
    colour.map(|channel| channel + amount)
}

struct Canvas {
    pixels: Vec<Colour>,
}

impl Canvas {
    fn new() -> Self {
        Self { pixels: vec![[0.0; 3]; usize::from(SIZE.0) * usize::from(SIZE.1)] }
    }

    fn shade(&mut self, colour: impl Fn(f32, f32, Colour) -> Colour) {
        let width = usize::from(SIZE.0);
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            *pixel = colour((index % width) as f32 + 0.5, (index / width) as f32 + 0.5, *pixel);
        }
    }

    fn blend(&mut self, paint: impl Fn(f32, f32, Colour) -> (Colour, f32)) {
        self.shade(|x, y, under| {
            let (over, coverage) = paint(x, y, under);
            std::array::from_fn(|channel| under[channel] + (over[channel] - under[channel]) * coverage)
        });
    }

    fn fill(&mut self, colour: Colour, coverage: impl Fn(f32, f32) -> f32) {
        self.blend(|x, y, _| (colour, coverage(x, y)));
    }

    /// Adds the grain that a camera would, so that coders have something to do.
    fn finish(self, number: u32) -> Vec<u8> {
        let grain = SeededRandom::new(&format!("diemdanh lab grain {number}")).bytes(self.pixels.len());
        let byte = |channel: f32, grain: u8| (channel + (f32::from(grain) - 127.5) / 48.0).clamp(0.0, 255.0) as u8;
        self.pixels.iter().zip(grain).flat_map(|(pixel, grain)| pixel.map(|channel| byte(channel, grain))).collect()
    }
}
