//! Every screen in the middle of the work, in both languages, light and dark: judged by axe and pictured.
//!
//! The pictures lie in `tests/artefacts`. With `LOTSE_KEEP_SCREENS=1` they become those of `docs/screens`.

use std::fs;
use std::path::Path;

use lotse_tests::import_server::ImportServer;
use lotse_tests::window::{Opening, Program, Window};
use serde_json::json;

use super::duplicates::project;
use super::frame::{NOTHING, overflowing};
use super::walk::{Office, connect, go, push};

const SCREENS: [&str; 10] = [
    "sources",
    "mapping",
    "check",
    "duplicates",
    "approval",
    "push",
    "audit",
    "mailbox",
    "connections",
    "settings",
];

/// A name and the words by which its command is found.
type Named = (&'static str, &'static str);

/// Each language with its looks.
const LANGUAGES: [(Named, [Named; 3]); 2] = [
    (
        ("de", "sprache deutsch"),
        [
            ("light", "darstellung hell"),
            ("dark", "darstellung dunkel"),
            ("contrast", "darstellung kontrast"),
        ],
    ),
    (
        ("en", "englisch"),
        [
            ("light", "appearance light"),
            ("dark", "appearance dark"),
            ("contrast", "appearance contrast"),
        ],
    ),
];

/// Runs a command by the words of its name.
async fn command(window: &Window, words: &str) {
    window.press("Ctrl+K").await;
    window.type_text(words).await;
    window.press("Enter").await;
    window
        .until(&format!("“{words}” has been done"), async || {
            let open = "return document.querySelector('[role=dialog]') === null";
            window.script::<bool>(open, vec![]).await.then_some(())
        })
        .await;
}

/// Waits until nothing loads or moves any more.
async fn at_rest(window: &Window, screen: &str) {
    window
        .until(&format!("{screen} is shown"), async || {
            let shown = "const step = document.querySelector(`[data-testid=step-${arguments[0]}]`); \
                         return step?.ariaCurrent === 'step' \
                         && document.querySelector('main h1, main h2') !== null \
                         && document.querySelector('[aria-busy=true], .notice.busy, footer progress') === null \
                         && document.getAnimations().length === 0";
            let there = window.script::<bool>(shown, vec![json!(screen)]).await;
            there.then_some(())
        })
        .await;
    window.drawn().await;
}

/// Keeps a picture, and puts it into the documents where that is asked for.
async fn picture(window: &Window, name: &str) {
    let made = window.screenshot(&format!("screen-{name}")).await;
    if std::env::var_os("LOTSE_KEEP_SCREENS").is_some() {
        let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/screens");
        let kept = documents.join(format!("{name}.png"));
        fs::copy(&made, &kept).unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
    }
}

/// Half-way through the work: corrected, decided, approved, sent, and looked at again.
async fn work(window: &Window, server: &ImportServer) {
    go(window, "duplicates").await;
    window.text("3 Gruppen · 0 entschieden").await;
    window.text("Warum sie zusammenpassen").await;
    window.press("S").await;
    window.text("3 Gruppen · 1 entschieden").await;
    go(window, "approval").await;
    window.text("Freigegeben wird im Namen von Astrid Vogt").await;
    window.press("Ctrl+Enter").await;
    window.text("Leads sind freigegeben").await;
    connect(window, server).await;
    push(window).await;
    // A finding is looked at, as whoever works on it would.
    go(window, "check").await;
    window.role("grid", "Leads").await;
    window.press("Ctrl+B").await;
    window.role("tab", "Befunde").await;
}

#[tokio::test]
async fn screens_have_nothing_against_them_in_any_language_and_light() {
    let office = Office::new();
    let server = ImportServer::start();
    let path = project(office.home.path());
    let window = office.open(&[&path.display().to_string()]).await;
    window.resize(1280, 800).await;
    work(&window, &server).await;
    for ((language, words), themes) in LANGUAGES {
        command(&window, words).await;
        for (theme, words) in themes {
            command(&window, words).await;
            for screen in SCREENS {
                // High contrast is for whoever reads long: the table shows all its tokens.
                if theme == "contrast" && screen != "check" {
                    continue;
                }
                go(&window, screen).await;
                at_rest(&window, screen).await;
                assert_eq!(window.violations().await, [], "{screen}, {language}, {theme}");
                picture(&window, &format!("{screen}-{language}-{theme}")).await;
            }
        }
    }
    window.close().await;
}

#[tokio::test]
async fn screens_fit_the_smallest_window_the_largest_and_twice_the_size_of_letters() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = project(folder.path());
    let window = Opening::default()
        .argument("--now")
        .argument("2025-10-12T14:30:00Z")
        .argument(path.display().to_string())
        .variable("LOTSE_HOME", folder.path().join("home").display().to_string())
        .variable("LOTSE_USER", "Astrid Vogt")
        .without_motion()
        .open(Program::Desktop)
        .await;
    go(&window, "check").await;
    window.role("grid", "Leads").await;
    let still = "return matchMedia('(prefers-reduced-motion: reduce)').matches";
    assert!(
        window.script::<bool>(still, vec![]).await,
        "the wish reaches the page"
    );
    // Twice the letters in a window of this size is as narrow as it gets.
    for (size, width, height, zoom) in [
        ("small", 1024, 700, 1),
        ("4k", 3840, 2160, 1),
        ("200-percent", 1280, 800, 2),
    ] {
        window.resize(width, height).await;
        if zoom == 2 {
            // Five steps of a fifth each.
            for step in 1..=5 {
                window.press("Ctrl++").await;
                let wanted = f64::from(width) / (1.0 + f64::from(step) * 0.2);
                window
                    .until("the page is drawn larger", async || {
                        let inner: f64 = window.script("return innerWidth", vec![]).await;
                        ((inner - wanted).abs() < 2.0).then_some(())
                    })
                    .await;
            }
        }
        for screen in SCREENS {
            // WebDriver points beside everything where the page is drawn larger: the step is pressed from within.
            window
                .script::<Option<bool>>(
                    "document.querySelector(`[data-testid=step-${arguments[0]}]`).click()",
                    vec![json!(screen)],
                )
                .await;
            at_rest(&window, screen).await;
            let moving: u32 = window
                .script(
                    "return [...document.querySelectorAll('*')].filter((one) =>
                         getComputedStyle(one).transitionDuration.split(',').some((time) => parseFloat(time) > 0.01)).length",
                    vec![],
                )
                .await;
            window.screenshot(&format!("size-{size}-{screen}")).await;
            assert_eq!(
                moving, 0,
                "{screen} moves though the person has asked for stillness"
            );
            assert_eq!(overflowing(&window).await, NOTHING, "{screen}, {size}");
        }
    }
    window.close().await;
}
