//! The way from a file to the approval by keys alone: no pointer, nothing that a script does for the person. After every
//! key somebody who sees the window knows where they are.

use std::path::Path;

use lotse_engine::example;
use lotse_tests::window::{Opening, Program, Window};
use serde::Deserialize;

/// What has the keyboard, and whether one sees that.
#[derive(Deserialize, Debug)]
struct Focus {
    /// Its name, as far as people see it.
    name: String,
    /// Something is drawn around it.
    ring: bool,
    /// It lies in the window.
    in_sight: bool,
}

/// An element that has the keyboard is drawn so, or what encloses it is, or the active cell of the table that it is.
const FOCUS: &str = "
    const element = document.activeElement;
    if (!element || element === document.body || element.id === 'content') return null;
    const active = element.getAttribute('aria-activedescendant');
    const shown = active === null ? element : (document.getElementById(active) ?? element);
    const drawn = (one) => {
        const style = getComputedStyle(one);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    };
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
    const box = shown.getBoundingClientRect();
    return {
        name: (element.ariaLabel || labels || element.textContent || element.getAttribute('placeholder') || '').trim(),
        ring: drawn(shown) || drawn(element) || [...document.querySelectorAll(':focus-within')].slice(-3).some(drawn),
        in_sight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    }";

/// Waits until something has the keyboard, and looks whether one sees it.
async fn focus(window: &Window, after: &str) -> Focus {
    let focus = window
        .until(&format!("something has the keyboard after {after}"), async || {
            window.script::<Option<Focus>>(FOCUS, vec![]).await
        })
        .await;
    if !(focus.ring && focus.in_sight) {
        window.screenshot("keyboard-lost").await;
    }
    assert!(
        focus.ring,
        "after {after} nothing is drawn around “{}”",
        focus.name
    );
    assert!(focus.in_sight, "after {after} “{}” is out of sight", focus.name);
    focus
}

async fn press(window: &Window, key: &str) -> Focus {
    window.press(key).await;
    window.drawn().await;
    focus(window, key).await
}

/// Goes on with Tab to what is called so.
async fn tab_to(window: &Window, name: &str) {
    let mut passed = Vec::new();
    for _ in 0..150 {
        let focus = press(window, "Tab").await;
        if focus.name.starts_with(name) {
            return;
        }
        passed.push(focus.name);
    }
    panic!("Tab does not come to “{name}”, but to {passed:?}");
}

async fn open(home: &Path, file: &Path) -> Window {
    let window = Opening::default()
        .argument("--now")
        .argument("2025-10-12T14:30:00Z")
        .argument(file.display().to_string())
        .variable("LOTSE_HOME", home.join("home").display().to_string())
        .variable("LOTSE_USER", "Astrid Vogt")
        .open(Program::Desktop)
        .await;
    window.resize(1280, 800).await;
    window.activate();
    window
        .until("the window is the active one", async || {
            let active = "return document.hasFocus()";
            window.script::<bool>(active, vec![]).await.then_some(())
        })
        .await;
    window
}

/// The activities whose progress is asked about, and whether they count.
async fn answer_progress(window: &Window) {
    for (kind, answer) in [
        ("CALL", "Nein"),
        ("DEMO", "Ja"),
        ("FIRST_CONTACT_DOCUMENTED", "Nein"),
        ("MEETING", "Ja"),
        ("SAMPLE_SENT", "Ja"),
    ] {
        window.test_id(&format!("progress-{kind}")).await;
        let question = format!(
            "const group = document.activeElement?.closest('[data-testid=\"progress-{kind}\"]');
             return group !== null && document.activeElement.textContent.trim() === '{answer}'"
        );
        let mut reached = false;
        for _ in 0..150 {
            press(window, "Tab").await;
            reached = window.script::<bool>(&question, vec![]).await;
            if reached {
                break;
            }
        }
        assert!(reached, "Tab does not come to the question about {kind}");
        press(window, "Space").await;
    }
}

/// Presses `key` in the table until the active cell says `text`.
async fn step_to(window: &Window, key: &str, text: &str) {
    for _ in 0..60 {
        let said: String = window
            .script(
                "const grid = document.activeElement;
                 return document.getElementById(grid.getAttribute('aria-activedescendant'))?.textContent ?? ''",
                vec![],
            )
            .await;
        if said.contains(text) {
            return;
        }
        press(window, key).await;
    }
    panic!("{key} does not come to “{text}”");
}

#[tokio::test]
async fn keyboard_alone_leads_from_a_file_to_its_approval() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("partner-export.xlsx");
    example::write_workbook(&file).expect("the example can be written");
    let window = open(folder.path(), &file).await;

    // Load.
    window.role("region", "Die ersten Zeilen").await;
    window.text("150 Zeilen").await;
    window.screenshot("keyboard-1-sources").await;
    window.press("Enter").await;

    // Mapping.
    window.role("region", "So wird daraus ein Lead").await;
    answer_progress(&window).await;
    window.screenshot("keyboard-2-mapping").await;
    window.press("Ctrl+Enter").await;

    // Check: the finding filters, the cell is put right, and taken back and done again.
    window.role("grid", "Leads").await;
    window.text("150 von 150 Zeilen").await;
    focus(&window, "the check").await;
    press(&window, "Ctrl+B").await;
    tab_to(&window, "E-Mail unvollständig").await;
    press(&window, "Enter").await;
    window.text("1 von 150 Zeilen").await;
    press(&window, "Ctrl+B").await;
    press(&window, "Ctrl+Home").await;
    step_to(&window, "ArrowRight", "max.mustermann@").await;
    press(&window, "Enter").await;
    press(&window, "Ctrl+A").await;
    window.type_text("max.mustermann@kueche.example").await;
    window.screenshot("keyboard-3-editing").await;
    press(&window, "Enter").await;
    window.role("button", "Geändert 1").await;
    press(&window, "Ctrl+Z").await;
    window.role("button", "Geändert 0").await;
    press(&window, "Ctrl+Y").await;
    window.role("button", "Geändert 1").await;

    // Duplicates.
    window.press("Ctrl+4").await;
    window.text("3 Gruppen · 0 entschieden").await;
    window.text("Warum sie zusammenpassen").await;
    focus(&window, "Ctrl+4").await;
    press(&window, "S").await;
    window.text("3 Gruppen · 1 entschieden").await;
    window.screenshot("keyboard-4-duplicates").await;

    // Approval.
    window.press("Ctrl+5").await;
    window.text("Freigegeben wird im Namen von Astrid Vogt").await;
    window.press("Ctrl+Enter").await;
    window.text("Leads sind freigegeben").await;
    window.screenshot("keyboard-5-approved").await;

    // The overlay of keys takes the keyboard and gives it back.
    let before = press(&window, "Tab").await.name;
    window.press("?").await;
    window.role("dialog", "Tasten").await;
    focus(&window, "?").await;
    window.press("Escape").await;
    window.gone("dialog", "Tasten").await;
    assert_eq!(focus(&window, "Escape").await.name, before);
    window.close().await;
}
