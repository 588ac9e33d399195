//! Excel 97 workbooks, byte by byte.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    lotse_fuzz::read_whole(bytes);
});
