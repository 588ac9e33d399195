//! Excel workbooks: a sheet, its shared texts and its styles, in an archive that is sound.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [sheet, strings, styles] = lotse_fuzz::parts(bytes);
    lotse_fuzz::read_whole(&lotse_fuzz::archive(&[
        ("xl/workbook.xml", br#"<workbook xmlns:r="r"><sheets><sheet name="A" r:id="a"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships><Relationship Id="a" Type="/worksheet" Target="sheet.xml"/></Relationships>"#,
        ),
        ("xl/sheet.xml", sheet),
        ("xl/sharedStrings.xml", strings),
        ("xl/styles.xml", styles),
    ]));
});
