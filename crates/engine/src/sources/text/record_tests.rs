//! How records and cells are cut.

use super::*;

fn all(dialect: &Dialect, text: &str, width: usize) -> Vec<Vec<String>> {
    let (mut cells, mut at, mut rows) = (Cells::default(), 0, Vec::new());
    while at < text.len() {
        let (next, _) = dialect.repaired(text, at, true, width, &mut cells);
        rows.push(cells.texts(text).map(str::to_owned).collect());
        let Next::At(next) = next else {
            panic!("the whole text is there")
        };
        assert!(next > at, "the reader must move on");
        at = next;
    }
    rows
}

fn with(delimiter: &str) -> Dialect {
    Dialect {
        delimiter: delimiter.as_bytes().to_vec(),
        ..Dialect::standard()
    }
}

#[test]
fn quotes_line_ends_and_blanks_are_read_as_a_person_reads_them() {
    let cases: &[(&str, &str, &[&[&str]])] = &[
        (",", "a,b\r\nc,d", &[&["a", "b"], &["c", "d"]]),
        (",", "a,\"b\r\nc\",d\n", &[&["a", "b\r\nc", "d"]]),
        (",", "\"a \"\"x\"\"\",b\rc,d\n", &[&["a \"x\"", "b"], &["c", "d"]]),
        (",", "\"\",\"\"\"\"\n", &[&["", "\""]]),
        (",", "a, \"b, c\" ,d\n", &[&["a", "b, c", "d"]]),
        (
            ";",
            "5\" Rohr;\"6\" Rohr\";x\n",
            &[&["5\" Rohr", "6\" Rohr", "x"]],
        ),
        (";", "a;b\r\r\nc;d\n", &[&["a", "b"], &["c", "d"]]),
        ("||", "a||b|c||d\n", &[&["a", "b|c", "d"]]),
        (", ", "1,5, 2, x\n", &[&["1,5", "2", "x"]]),
        ("", "a,b\nc\n", &[&["a,b"], &["c"]]),
        (",", "\n", &[&[""]]),
        (",", ",\n", &[&["", ""]]),
    ];
    for (delimiter, text, expected) in cases {
        assert_eq!(&all(&with(delimiter), text, 0), expected, "{text:?}");
    }
}

#[test]
fn a_damaged_quote_harms_its_own_row_only() {
    let cases: &[(&str, &[&[&str]])] = &[
        // Opened and never closed.
        ("a,\"b,c\nd,e,f\n", &[&["a", "\"b", "c"], &["d", "e", "f"]]),
        // Doubled at the end.
        (
            "\"a\"\",\"b\",\"c\"\n\"d\",\"e\",\"f\"\n",
            &[&["a\"", "b", "c"], &["d", "e", "f"]],
        ),
        // A delimiter after a quote inside the text.
        (
            "\"a\",\"he said \"yes\", then left\",\"c\"\n\"d\",\"e\",\"f\"\n",
            &[&["a", "he said \"yes\", then left", "c"], &["d", "e", "f"]],
        ),
        // A whole note over two lines stays one cell.
        (
            "\"a\",\"one\ntwo\",c\nd,e,f\n",
            &[&["a", "one\ntwo", "c"], &["d", "e", "f"]],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(&all(&with(","), text, 3), expected, "{text:?}");
    }
}

#[test]
fn backslash_escapes_are_resolved() {
    let dialect = Dialect {
        escape: Some(b'\\'),
        ..Dialect::standard()
    };
    assert_eq!(
        all(&dialect, "\"a \\\"x\\\" \\\\ \\n\",b\n", 2),
        [["a \"x\" \\ \\n", "b"]]
    );
    let without_quotes = Dialect {
        quote: None,
        ..dialect
    };
    assert_eq!(all(&without_quotes, "a\\,b,c\n", 2), [["a,b", "c"]]);
}

#[test]
fn drawn_and_fixed_tables_lose_their_dressing() {
    let drawn = Dialect {
        layout: Layout::Drawn,
        ..with("|")
    };
    assert_eq!(
        all(&drawn, "+---+---+\n| a | b |\n|---|:-:|\n|   | d |\n", 2),
        [vec![], vec!["a", "b"], vec![], vec!["", "d"]]
    );
    let fixed = Dialect {
        layout: Layout::Fixed(vec![0, 6, 10]),
        ..with("")
    };
    assert_eq!(
        all(&fixed, "Bäcker 1  x y\nab\n", 3),
        [["Bäcker", "1", "x y"], ["ab", "", ""]]
    );
}

#[test]
fn a_record_cut_by_the_buffer_is_asked_for_again() {
    let mut cells = Cells::default();
    for cut in ["a,b", "a,\"b", "a,\"b\"", "a,b\r", "a,\"b\nc"] {
        assert_eq!(
            Dialect::standard().record(cut, 0, false, &mut cells),
            Next::Incomplete,
            "{cut:?}"
        );
    }
}
