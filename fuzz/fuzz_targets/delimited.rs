//! Delimited text in any character set.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    lotse_fuzz::read_whole(bytes);
});
