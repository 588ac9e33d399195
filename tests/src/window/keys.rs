//! The keyboard.

use thirtyfour::prelude::*;

use super::Window;

impl Window {
    /// Presses a key or a chord, as people write it: `Enter`, `Ctrl+K`, `Shift+ArrowDown`, `?`.
    pub async fn press(&self, chord: &str) {
        let (modifiers, key) = match chord.strip_suffix("++") {
            Some(modifiers) => (modifiers, "+"),
            None => chord
                .rsplit_once('+')
                .filter(|(_, key)| !key.is_empty())
                .unwrap_or(("", chord)),
        };
        let modifiers: Vec<Key> = modifiers
            .split('+')
            .filter(|name| !name.is_empty())
            .map(|name| named(name).unwrap_or_else(|| panic!("{name} is no key")))
            .collect();
        let mut actions = self.web().action_chain();
        for modifier in &modifiers {
            actions = actions.key_down(modifier.clone());
        }
        actions = match named(key) {
            Some(key) => actions.key_down(key.clone()).key_up(key),
            None => {
                let mut letters = key.chars();
                let (Some(letter), None) = (letters.next(), letters.next()) else {
                    panic!("{key} is no key")
                };
                // A capital letter in a chord means the key, not Shift.
                let letter = if modifiers.is_empty() {
                    letter
                } else {
                    letter.to_ascii_lowercase()
                };
                actions.key_down(letter).key_up(letter)
            }
        };
        for modifier in modifiers.iter().rev() {
            actions = actions.key_up(modifier.clone());
        }
        actions
            .perform()
            .await
            .unwrap_or_else(|error| panic!("{chord} could not be pressed: {error}"));
    }

    /// Types a text into whatever has the keyboard.
    pub async fn type_text(&self, text: &str) {
        let typed = self.web().action_chain().send_keys(text).perform().await;
        typed.unwrap_or_else(|error| panic!("“{text}” could not be typed: {error}"));
    }
}

fn named(name: &str) -> Option<Key> {
    Some(match name {
        "Alt" => Key::Alt,
        "ArrowDown" => Key::Down,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "ArrowUp" => Key::Up,
        "Backspace" => Key::Backspace,
        "Ctrl" => Key::Control,
        "Delete" => Key::Delete,
        "End" => Key::End,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "F2" => Key::F2,
        "Home" => Key::Home,
        "PageDown" => Key::PageDown,
        "PageUp" => Key::PageUp,
        "Shift" => Key::Shift,
        "Space" => Key::Space,
        "Tab" => Key::Tab,
        _ => return None,
    })
}
