//! `cargo xtask start --demo`: what a newcomer sees first.

use lotse_tests::window::{Opening, Program};

#[tokio::test]
async fn the_demo_opens_the_example_with_the_practice_server_beside_it() {
    let window = Opening::default()
        .argument("--demo")
        .argument("--now")
        .argument("2025-10-01T12:00:00Z")
        .open(Program::Desktop)
        .await;
    window.text("Der Übungsserver läuft.").await;
    window.text("Beispielprojekt").await;
    window.screenshot("demo-de-light").await;
    assert_eq!(window.violations().await, []);
    window.close().await;
}
