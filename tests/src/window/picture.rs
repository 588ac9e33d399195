//! Pictures for the documents: a third of the bytes, and nobody sees a difference.

use std::collections::HashMap;
use std::io::Cursor;

/// Colours of a picture of one byte a dot.
const COLOURS: usize = 256;

/// The same picture in the 256 colours that occur most; each other one becomes the nearest of them. A window has few
/// colours, but its letters have many shades at their edges.
pub(super) fn in_few_colours(png: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("the driver hands out PNG");
    let size = reader.output_buffer_size().expect("a window fits into memory");
    let mut dots = vec![0; size];
    let frame = reader.next_frame(&mut dots).expect("the picture is whole");
    let colours: Vec<[u8; 3]> = dots[..frame.buffer_size()]
        .chunks_exact(frame.color_type.samples())
        .map(|dot| match *dot {
            [red, green, blue, ..] => [red, green, blue],
            [grey, ..] => [grey; 3],
            [] => [0; 3],
        })
        .collect();

    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    for colour in &colours {
        *counts.entry(*colour).or_default() += 1;
    }
    let mut palette: Vec<([u8; 3], usize)> = counts.into_iter().collect();
    // By the colour too, so that the same window gives the same bytes.
    palette.sort_by_key(|&(colour, count)| (std::cmp::Reverse(count), colour));
    let all: Vec<[u8; 3]> = palette.iter().map(|(colour, _)| *colour).collect();
    palette.truncate(COLOURS);
    let places: HashMap<[u8; 3], u8> = all
        .into_iter()
        .map(|colour| {
            let nearest = (0..=u8::MAX)
                .zip(&palette)
                .min_by_key(|(_, (known, _))| distance(colour, *known));
            (colour, nearest.map_or(0, |(place, _)| place))
        })
        .collect();
    let dots: Vec<u8> = colours.iter().map(|colour| places[colour]).collect();

    let mut small = Vec::new();
    let mut encoder = png::Encoder::new(&mut small, frame.width, frame.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(
        palette
            .iter()
            .flat_map(|(colour, _)| *colour)
            .collect::<Vec<u8>>(),
    );
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&dots))
        .expect("memory takes it");
    small
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let parts = one.iter().zip(other);
    parts.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}
