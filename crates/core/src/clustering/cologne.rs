//! Cologne phonetics (Postel 1969): words that sound alike in German have the same digits.

use super::fingerprint::numbers;

/// The digits of a text, word by word; numbers are kept as they are, so that "Filiale 1" does not sound like
/// "Filiale 2". Empty where there is nothing to be heard.
pub fn cologne(text: &str) -> String {
    let mut codes: Vec<String> = text
        .split(|sign: char| !sign.is_alphabetic() && sign != '\u{308}')
        .map(code)
        .filter(|code| !code.is_empty())
        .collect();
    codes.extend(numbers(text).into_iter().map(|number| format!("#{number}")));
    codes.join(" ")
}

fn code(word: &str) -> String {
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).map(base).collect();
    let mut code = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1).copied();
        for digit in digits(letter, before, after).chars() {
            // A sound that goes on is one sound.
            if code.ends_with(digit) && !is_apart(&letters, at) {
                continue;
            }
            code.push(digit);
        }
    }
    // Vowels are heard at the beginning only.
    let inner: String = code.chars().skip(1).filter(|&digit| digit != '0').collect();
    code.chars()
        .next()
        .map_or_else(String::new, |first| format!("{first}{inner}"))
}

/// True where a vowel stands before the letter: the same digit on both sides of it is two sounds. `h` is no sound.
fn is_apart(letters: &[char], at: usize) -> bool {
    at > 0 && digits(letters[at - 1], None, None) == "0" && digits(letters[at], None, None) != "0"
}

/// The letter that marks and ligatures stand upon.
fn base(letter: char) -> char {
    match letter {
        'ä' | 'à' | 'á' | 'â' | 'å' | 'æ' => 'a',
        'ö' | 'ò' | 'ó' | 'ô' | 'ø' | 'œ' => 'o',
        'ü' | 'ù' | 'ú' | 'û' => 'u',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ß' => 's',
        'ç' => 'c',
        'ñ' => 'n',
        letter => letter,
    }
}

fn digits(letter: char, before: Option<char>, after: Option<char>) -> &'static str {
    let is = |letter: Option<char>, list: &str| letter.is_some_and(|letter| list.contains(letter));
    match letter {
        'a' | 'e' | 'i' | 'j' | 'o' | 'u' | 'y' => "0",
        'b' => "1",
        'p' if is(after, "h") => "3",
        'p' => "1",
        'd' | 't' if is(after, "csz") => "8",
        'd' | 't' => "2",
        'f' | 'v' | 'w' => "3",
        'g' | 'k' | 'q' => "4",
        'c' if before.is_none() => {
            if is(after, "ahkloqrux") {
                "4"
            } else {
                "8"
            }
        }
        'c' if is(before, "sz") => "8",
        'c' if is(after, "ahkoqux") => "4",
        'c' => "8",
        'x' if is(before, "ckq") => "8",
        'x' => "48",
        'l' => "5",
        'm' | 'n' => "6",
        'r' => "7",
        's' | 'z' => "8",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_have_their_known_digits() {
        // From Postel's paper and the German Wikipedia article on it.
        for (word, digits) in [
            ("Müller-Lüdenscheidt", "657 52682"),
            ("Wikipedia", "3412"),
            ("Breschnew", "17863"),
            ("Meyer", "67"),
            ("Maier", "67"),
            ("Schmidt", "862"),
            ("Schmitt", "862"),
            ("Philipp", "351"),
            ("Xaver", "4837"),
            ("Aa", "0"),
        ] {
            assert_eq!(cologne(word), digits, "{word}");
        }
    }

    #[test]
    fn numbers_are_not_heard_away() {
        assert_ne!(cologne("Filiale 1"), cologne("Filiale 2"));
        assert_eq!(cologne("- . -"), "");
    }
}
