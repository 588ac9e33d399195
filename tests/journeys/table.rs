//! The review table over a million rows.

use lotse_tests::window::{Opening, Program};

#[tokio::test]
async fn a_million_rows_open() {
    let window = Opening::default().open(Program::Synthetic).await;
    window.text("Lotse").await;
    window.screenshot("first").await;
    window.close().await;
}
