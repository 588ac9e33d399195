//! XML spreadsheets of Excel 2003: the bytes stand inside a workbook.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut text = br#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">"#.to_vec();
    text.extend_from_slice(bytes);
    lotse_fuzz::read_whole(&text);
});
