//! The frame around every screen: start, commands, keys, looks, languages.

use std::fs;

use lotse_tests::window::{Opening, Program, Window};

#[tokio::test]
async fn the_start_screen_has_nothing_against_it() {
    let window = Window::open().await;
    window.role("heading", "Leads sicher in den Hafen").await;
    window.screenshot("start-de-light").await;
    assert_eq!(window.violations().await, []);
    window.close().await;
}

#[tokio::test]
async fn a_dropped_file_reaches_the_window() {
    let window = Window::open().await;
    window.role("heading", "Leads sicher in den Hafen").await;
    let file = window.home().join("Müller & Söhne.xlsx");
    fs::write(&file, b"PK").expect("the folder is ours");
    window.drop_files(&[&file], 400, 400);
    window.role("heading", "Müller & Söhne.xlsx").await;
    window.close().await;
}

#[tokio::test]
async fn commands_are_found_by_name_and_run() {
    let window = Opening::default()
        .argument("--rows")
        .argument("2000")
        .open(Program::Synthetic)
        .await;
    window.role("grid", "Leads").await;
    window.press("Ctrl+K").await;
    window.role("combobox", "Befehl suchen").await;
    window.type_text("dunkel").await;
    window.screenshot("palette-de-light").await;
    window.press("Enter").await;
    window.press("?").await;
    window.role("dialog", "Tasten").await;
    window.screenshot("keys-de-dark").await;
    assert_eq!(window.violations().await, []);
    window.press("Escape").await;
    window.gone("dialog", "Tasten").await;
    window.screenshot("check-de-dark").await;
    assert_eq!(window.violations().await, []);
    window.press("Ctrl+K").await;
    window.type_text("englisch").await;
    window.press("Enter").await;
    window.role("button", "Errors").await;
    window.close().await;
}

#[tokio::test]
async fn every_size_from_the_smallest_window_to_twice_the_zoom_shows_everything() {
    let window = Opening::default()
        .argument("--rows")
        .argument("2000")
        .open(Program::Synthetic)
        .await;
    window.role("grid", "Leads").await;
    for (width, height) in [(2560, 1400), (1280, 800), (1024, 700)] {
        window.resize(width, height).await;
        assert_eq!(overflowing(&window).await, NOTHING, "at {width}x{height}");
        window.screenshot(&format!("check-de-light-{width}")).await;
    }
    window.resize(1280, 800).await;
    // Five steps of a fifth each.
    for _ in 0..5 {
        window.press("Ctrl++").await;
    }
    window
        .until("the page is drawn at twice its size", async || {
            (window.script::<u32>("return innerWidth", vec![]).await == 640).then_some(())
        })
        .await;
    assert_eq!(overflowing(&window).await, NOTHING, "at 200 %");
    window.screenshot("check-de-light-200-percent").await;
    assert_eq!(window.violations().await, []);
    window.close().await;
}

pub(super) const NOTHING: [String; 0] = [];

/// Controls of the frame that stick out of the window, and bars whose content is cut.
pub(super) async fn overflowing(window: &Window) -> Vec<String> {
    window.drawn().await;
    window
        .script(
            "const out = [...document.querySelectorAll('header *, nav button, .bar *, footer *')].filter((element) => {
                 if (!element.checkVisibility() || element.closest('.spoken, svg')) return false;
                 const box = element.getBoundingClientRect();
                 // A bar inside of what can be scrolled may lie further down.
                 const below = box.bottom > innerHeight + 1 && element.closest('.bar') === null;
                 return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1 || below);
             });
             return out.map((element) => element.outerHTML.slice(0, 120))",
            vec![],
        )
        .await
}
