//! OpenDocument spreadsheets: their content, in an archive that is sound.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    lotse_fuzz::read_whole(&lotse_fuzz::archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", bytes),
    ]));
});
