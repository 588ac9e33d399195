//! SYLK and DIF: what stands behind a beginning that makes the file one.

#![no_main]

const SYLK: &[u8] = b"ID;PWXL;N;E\r\nB;Y2;X2\r\nC;Y1;X1;K\"a\"\r\n";
const DIF: &[u8] = b"TABLE\r\n0,1\r\n\"EXCEL\"\r\nDATA\r\n0,0\r\n\"\"\r\n-1,0\r\nBOT\r\n";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [which, rest @ ..] = bytes else { return };
    let beginning = if which % 2 == 0 { SYLK } else { DIF };
    lotse_fuzz::read_whole(&[beginning, rest].concat());
});
