//! Excel binary workbooks: a workbook, a sheet and its shared texts, in an archive that is sound.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [length, rest @ ..] = bytes else { return };
    let (workbook, rest) = rest.split_at(rest.len().min(usize::from(*length)));
    let (sheet, strings) = rest.split_at(rest.len() / 2);
    lotse_fuzz::read_whole(&lotse_fuzz::archive(&[
        ("xl/workbook.bin", workbook),
        (
            "xl/_rels/workbook.bin.rels",
            br#"<Relationships><Relationship Id="rId1" Type="/worksheet" Target="worksheets/sheet1.bin"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.bin", sheet),
        ("xl/sharedStrings.bin", strings),
    ]));
});
