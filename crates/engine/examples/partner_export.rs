//! Writes the invented partner's export into a folder, as a workbook and as CSV:
//! `cargo run -p lotse-engine --example partner_export -- FOLDER`

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("a folder is needed")?);
    std::fs::create_dir_all(&folder)?;
    lotse_engine::example::write_workbook(&folder.join("partner-export.xlsx"))?;
    lotse_engine::example::write_csv(&folder.join("partner-export.csv"))?;
    Ok(())
}
