//! Every screen as a newcomer finds it in the example, in both languages, light and dark: judged by axe and pictured.

use lotse_tests::window::{Opening, Program, Window};

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

/// Runs a command by the words of its name.
async fn command(window: &Window, palette: &str, words: &str) {
    window.press("Ctrl+K").await;
    window.type_text(words).await;
    window.press("Enter").await;
    window.gone("dialog", palette).await;
}

#[tokio::test]
async fn screens_have_nothing_against_them_in_any_language_and_light() {
    let window = Opening::default()
        .argument("--demo")
        .argument("--now")
        .argument("2025-10-12T14:30:00Z")
        .variable("LOTSE_USER", "Astrid Vogt")
        .open(Program::Desktop)
        .await;
    window.resize(1280, 800).await;
    window.text("Der Übungsserver läuft.").await;
    for (language, words, palette) in [
        ("de", "sprache deutsch", "Befehle"),
        ("en", "englisch", "Befehle"),
    ] {
        command(&window, palette, words).await;
        let (palette, themes) = if language == "de" {
            (
                "Befehle",
                [("light", "darstellung hell"), ("dark", "darstellung dunkel")],
            )
        } else {
            (
                "Commands",
                [("light", "appearance light"), ("dark", "appearance dark")],
            )
        };
        for (theme, words) in themes {
            command(&window, palette, words).await;
            for screen in SCREENS {
                let step = window.test_id(&format!("step-{screen}")).await;
                step.click().await.expect("a step can be clicked");
                window
                    .until(&format!("{screen} is shown"), async || {
                        let shown = "return document.querySelector('main h1, main h2') !== null \
                                     && document.querySelector('[aria-busy=true], .notice.busy') === null \
                                     && document.getAnimations().length === 0";
                        window.script::<bool>(shown, vec![]).await.then_some(())
                    })
                    .await;
                assert_eq!(window.violations().await, [], "{screen}, {language}, {theme}");
                window
                    .screenshot(&format!("screen-{screen}-{language}-{theme}"))
                    .await;
            }
        }
    }
    window.close().await;
}
