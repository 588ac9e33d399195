//! What all fuzz targets of the intake share: a file of the fuzzer's bytes is inspected and read, and what must hold for
//! every file is asserted.

#[path = "../../crates/engine/src/packing.rs"]
#[allow(dead_code, unreachable_pub, reason = "the targets use a part of it")]
mod packing;
#[path = "../../crates/engine/src/sources/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "the targets use a part of the intake")]
pub mod sources;

use std::{
    io::{Cursor, Write as _},
    path::PathBuf,
};

use sources::{Control, ReadFailure, ReadSettings, SourceError};
use zip::{ZipWriter, write::SimpleFileOptions};

fn folder() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

/// Reads a file of these bytes in all ways there are.
///
/// # Panics
/// When an account is uneven, rows go back, or converting what was written changes something.
pub fn read_whole(bytes: &[u8]) {
    let path = folder().join(format!("lotse-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("the folder can be written");
    let settings = ReadSettings::default();
    let control = Control::quiet();
    if let Ok(found) = sources::inspect(&path, &settings) {
        assert!(found.rows.is_even() || !found.complete, "inspection: {:?}", found.rows);
    }
    let (mut last, mut count) = (0, 0u64);
    let read = sources::read(
        &path,
        &settings,
        &control,
        |block| block,
        |block| {
            for row in block.rows() {
                assert!(row.number() > last, "row {} after {last}", row.number());
                last = row.number();
                count += 1;
            }
            Ok::<(), SourceError>(())
        },
    );
    match read {
        Ok(summary) => {
            assert!(summary.rows.is_even(), "{:?}", summary.rows);
            assert_eq!(summary.rows.read, count);
        }
        Err(ReadFailure::Source(_) | ReadFailure::Store(_)) => {}
    }
    let mut once = Vec::new();
    let _ = sources::convert(&path, &settings, &control, &mut once);
    assert!(std::str::from_utf8(&once).is_ok(), "what is written is UTF-8");
    let _ = std::fs::remove_file(&path);
}

/// An archive of these members, not compressed.
///
/// # Panics
/// Never: it is written into memory.
pub fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members {
        zip.start_file(*name, options).expect("memory can be written");
        zip.write_all(bytes).expect("memory can be written");
    }
    zip.finish().expect("memory can be written").into_inner()
}

/// The fuzzer's bytes as several parts, cut at NUL bytes pairs.
pub fn parts<const N: usize>(bytes: &[u8]) -> [&[u8]; N] {
    let mut parts = [&[] as &[u8]; N];
    let mut rest = bytes;
    for (index, part) in parts.iter_mut().enumerate() {
        match rest.windows(2).position(|pair| pair == [0, 0]).filter(|_| index + 1 < N) {
            Some(place) => {
                *part = &rest[..place];
                rest = &rest[place + 2..];
            }
            None => {
                *part = rest;
                rest = &[];
            }
        }
    }
    parts
}
