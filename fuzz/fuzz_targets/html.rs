//! Web pages with tables: the bytes stand inside a page.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut page = b"<html><body><table>".to_vec();
    page.extend_from_slice(bytes);
    lotse_fuzz::read_whole(&page);
});
