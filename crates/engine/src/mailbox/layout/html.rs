//! HTML as the text a browser would show, with its tables.
//!
//! The text: white space runs are one blank (kept as they are in `pre`); a block begins a new line, a paragraph or
//! heading has a blank line around it; `br` ends a line; the cells of a row are separated by a tab, or by a line end
//! where a cell holds a block of its own; a link whose address is a mail address or phone number that its text does
//! not show has it in angle brackets after its text; form fields show their value. Scripts, styles, comments and
//! hidden elements show nothing. Nothing is executed or loaded.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{Html, Node};

use super::{Block, Cell, Line, Sheet, Span, Table, plain};

/// Where each element shows, and the document to select in.
#[derive(Clone, Debug)]
pub(crate) struct Elements {
    pub(crate) document: Html,
    pub(crate) places: HashMap<NodeId, Span>,
}

/// Markup beyond this is not read as HTML: no mail to read is that long, and a tree takes many times its size.
const LARGEST_HTML: usize = 8 << 20;

/// Reads the markup of a part.
pub(crate) fn sheet(part: &str, markup: &str) -> Sheet {
    let document = Html::parse_document(readable(markup));
    let mut renderer = Renderer::default();
    renderer.render(&document);
    let blocks = renderer.blocks();
    Sheet {
        part: part.to_string(),
        text: renderer.text,
        blocks,
        elements: Some(Elements {
            document,
            places: renderer.places,
        }),
    }
}

/// The markup up to where it gets too long or too deep.
///
/// Building the tree takes time in the square of the depth; browsers stop at 512.
fn readable(markup: &str) -> &str {
    const DEEPEST: usize = 600;
    // Elements that hold nothing, or that the next of their kind closes.
    const SHALLOW: [&str; 24] = [
        "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "o:p",
        "option", "p", "param", "source", "tbody", "td", "th", "tr", "wbr", "colgroup",
    ];
    let mut end = markup.len().min(LARGEST_HTML);
    while !markup.is_char_boundary(end) {
        end -= 1;
    }
    let mut depth = 0_usize;
    for at in memchr::memchr_iter(b'<', &markup.as_bytes()[..end]) {
        let rest = &markup[at + 1..end];
        if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        let name = rest
            .split(|char: char| !char.is_ascii_alphanumeric() && char != ':')
            .next()
            .unwrap_or_default();
        if !name.is_empty() && !SHALLOW.iter().any(|shallow| shallow.eq_ignore_ascii_case(name)) {
            depth += 1;
            if depth > DEEPEST {
                return &markup[..at];
            }
        }
    }
    &markup[..end]
}

#[derive(Default)]
struct Renderer {
    text: String,
    /// White space that shows only if more text follows on the line.
    blank_due: bool,
    /// Depth of `pre`, of bold elements and of quotes.
    preformatted: usize,
    strong: usize,
    quoted: u8,
    /// Bold stretches and quoted stretches, in the order of their ends.
    strong_spans: Vec<Span>,
    quoted_spans: Vec<(Span, u8)>,
    open: Vec<(NodeId, usize)>,
    places: HashMap<NodeId, Span>,
    tables: Vec<OpenTable>,
    /// Finished rows, in the order of the text; rows of one table follow each other under one number.
    rows: Vec<(usize, Row)>,
    table_count: usize,
}

struct OpenTable {
    number: usize,
    row: Row,
    cell_start: Option<usize>,
    cell_is_header: bool,
    /// The row under way holds another table in one of its cells: it is layout, not data.
    row_is_layout: bool,
}

#[derive(Clone, Debug, Default)]
struct Row {
    cells: Vec<Cell>,
    quoted: u8,
}

impl Renderer {
    fn render(&mut self, document: &Html) {
        // Not recursive: markup can be nested deeper than any stack.
        let mut hidden: Option<NodeId> = None;
        for edge in document.tree.root().traverse() {
            match edge {
                Edge::Open(node) if hidden.is_none() => match node.value() {
                    Node::Text(text) => self.add_text(text),
                    Node::Element(element) => {
                        if is_hidden(element) {
                            hidden = Some(node.id());
                        } else {
                            self.open_element(node.id(), element);
                        }
                    }
                    _ => {}
                },
                Edge::Close(node) => {
                    if hidden == Some(node.id()) {
                        hidden = None;
                    } else if hidden.is_none()
                        && let Node::Element(element) = node.value()
                    {
                        self.close_element(node, element);
                    }
                }
                Edge::Open(_) => {}
            }
        }
    }

    fn add_text(&mut self, text: &str) {
        for char in text.chars() {
            match char {
                // Soft hyphens and fillers that senders use to shape the preview line.
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{34f}' | '\u{feff}' | '\u{2060}' => {}
                '\n' if self.preformatted > 0 => self.end_line(),
                _ if self.preformatted > 0 => self.text.push(char),
                _ if char.is_whitespace() => self.blank_due = true,
                _ => {
                    self.settle_blank();
                    self.text.push(char);
                }
            }
        }
    }

    fn settle_blank(&mut self) {
        if self.blank_due && !self.at_line_start() && !self.text.ends_with('\t') {
            self.text.push(' ');
        }
        self.blank_due = false;
    }

    fn at_line_start(&self) -> bool {
        self.text.is_empty() || self.text.ends_with('\n')
    }

    fn end_line(&mut self) {
        self.blank_due = false;
        self.text.push('\n');
    }

    /// Begins a new line unless one has just begun.
    fn new_line(&mut self) {
        self.blank_due = false;
        if !self.at_line_start() {
            self.text.push('\n');
        }
    }

    /// Begins a new line with a blank one before it.
    fn new_paragraph(&mut self) {
        self.new_line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn open_element(&mut self, id: NodeId, element: &Element) {
        match element.name() {
            "br" => self.end_line(),
            "hr" => {
                self.new_line();
                self.text.push_str("---\n");
            }
            "pre" | "textarea" => {
                self.new_line();
                self.preformatted += 1;
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.new_paragraph(),
            "blockquote" => {
                self.new_paragraph();
                self.quoted = self.quoted.saturating_add(1);
            }
            "table" => self.open_table(),
            "dl" => self.open_table(),
            "tr" => self.open_row(),
            "dt" => {
                self.open_row();
                self.open_cell(true);
            }
            "td" | "th" => self.open_cell(element.name() == "th"),
            "dd" => self.open_cell(false),
            "input" | "option" => {
                let shows = element.attr("type").is_none_or(|kind| {
                    !matches!(
                        kind.to_ascii_lowercase().as_str(),
                        "hidden" | "submit" | "button" | "password"
                    )
                });
                if element.name() == "input" && shows {
                    self.add_text(element.attr("value").unwrap_or_default());
                }
            }
            name if is_block(name) => self.new_line(),
            _ => {}
        }
        if is_strong(element) {
            self.strong += 1;
        }
        self.settle_before_start();
        self.open.push((id, self.text.len()));
    }

    /// A due blank belongs before the element that begins here, not into it.
    fn settle_before_start(&mut self) {
        if self.blank_due && !self.at_line_start() && !self.text.ends_with([' ', '\t']) {
            self.text.push(' ');
            self.blank_due = false;
        }
    }

    fn close_element(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        // Elements close in the reverse order of their opening.
        let start = match self.open.pop() {
            Some((id, start)) if id == node.id() => start,
            Some(other) => {
                self.open.push(other);
                return;
            }
            None => return,
        };
        let span = Span::new(start.min(self.text.len()), self.text.len()).trimmed(&self.text);
        self.places.insert(node.id(), span);
        if is_strong(element) {
            self.strong -= 1;
            if self.strong == 0 && !span.is_empty() {
                self.strong_spans.push(span);
            }
            // "<b>Name</b>Max" is shown glued; a label is never part of the word after it.
            if span.of(&self.text).ends_with(':') {
                self.blank_due = true;
            }
        }
        match element.name() {
            "pre" | "textarea" => {
                self.preformatted -= 1;
                self.new_line();
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.new_paragraph(),
            "blockquote" => {
                self.quoted_spans.push((span, self.quoted));
                self.quoted = self.quoted.saturating_sub(1);
                self.new_paragraph();
            }
            "td" | "th" | "dt" | "dd" => self.close_cell(),
            "tr" => self.close_row(),
            "table" | "dl" => self.close_table(),
            "a" => self.show_address(element, span),
            name if is_block(name) => self.new_line(),
            _ => {}
        }
    }

    /// Mail addresses and phone numbers that stand only in the address of a link.
    fn show_address(&mut self, element: &Element, span: Span) {
        let Some(target) = element.attr("href") else {
            return;
        };
        let Some((scheme, rest)) = target.trim().split_once(':') else {
            return;
        };
        if !scheme.eq_ignore_ascii_case("mailto") && !scheme.eq_ignore_ascii_case("tel") {
            return;
        }
        let address = percent_decoded(rest.split('?').next().unwrap_or_default());
        let address = address.trim();
        let shown = span.of(&self.text);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let is_shown = if scheme.eq_ignore_ascii_case("tel") {
            let (wanted, shown) = (digits(address), digits(shown));
            let national = wanted.trim_start_matches("00");
            let tail = national
                .get(national.len().saturating_sub(6)..)
                .unwrap_or(national);
            shown.contains(tail)
        } else {
            shown.to_lowercase().contains(&address.to_lowercase())
        };
        let plausible = address.len() <= 254 && !address.contains(['<', '>', '\n']);
        if !is_shown && plausible && !address.is_empty() {
            if !self.at_line_start() && !self.text.ends_with([' ', '\t']) {
                self.text.push(' ');
            }
            self.text.push('<');
            self.text.push_str(address);
            self.text.push('>');
        }
    }

    fn open_table(&mut self) {
        self.new_line();
        if let Some(outer) = self.tables.last_mut() {
            outer.row_is_layout = true;
        }
        self.table_count += 1;
        self.tables.push(OpenTable {
            number: self.table_count,
            row: Row::default(),
            cell_start: None,
            cell_is_header: false,
            row_is_layout: false,
        });
    }

    fn open_row(&mut self) {
        self.close_row();
        self.new_line();
        let quoted = self.quoted;
        if let Some(table) = self.tables.last_mut() {
            table.row_is_layout = false;
            table.row.quoted = quoted;
        }
    }

    fn open_cell(&mut self, header: bool) {
        self.close_cell();
        let is_first = self.tables.last().is_none_or(|table| table.row.cells.is_empty());
        if is_first {
            self.new_line();
        } else {
            self.blank_due = false;
            if !self.at_line_start() {
                self.text.push('\t');
            }
        }
        let start = self.text.len();
        if let Some(table) = self.tables.last_mut() {
            table.cell_start = Some(start);
            table.cell_is_header = header;
        }
    }

    fn close_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let Some(start) = table.cell_start.take() else {
            return;
        };
        let span = Span::new(start.min(self.text.len()), self.text.len()).trimmed(&self.text);
        table.row.cells.push(Cell {
            span,
            strong: table.cell_is_header || self.strong_spans.last().is_some_and(|bold| bold.contains(span)),
        });
        self.blank_due = false;
    }

    fn close_row(&mut self) {
        self.close_cell();
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let row = std::mem::take(&mut table.row);
        if !table.row_is_layout && row.cells.iter().any(|cell| !cell.span.is_empty()) {
            self.rows.push((table.number, row));
        }
        self.new_line();
    }

    fn close_table(&mut self) {
        self.close_row();
        self.tables.pop();
        self.new_line();
    }

    /// Tables where rows of one table follow each other without text in between, and lines for the rest.
    fn blocks(&self) -> Vec<Block> {
        let mut rows: Vec<&(usize, Row)> = self.rows.iter().collect();
        rows.sort_by_key(|(_, row)| row.cells.first().map(|cell| cell.span.start));
        let mut blocks: Vec<Block> = Vec::new();
        let mut at = 0;
        let mut last_number = None;
        for (number, row) in rows {
            let (Some(first), Some(last)) = (row.cells.first(), row.cells.last()) else {
                continue;
            };
            let (start, end) = (first.span.start, last.span.end.max(first.span.end));
            if start < at {
                continue;
            }
            let between = Span::new(at, start);
            let joins = last_number == Some(*number) && between.of(&self.text).trim().is_empty();
            if !joins {
                self.add_lines(&mut blocks, between);
                blocks.push(Block::Table(Table {
                    rows: Vec::new(),
                    quoted: row.quoted,
                }));
            }
            if let Some(Block::Table(table)) = blocks.last_mut() {
                table.rows.push(row.cells.clone());
            }
            last_number = Some(*number);
            at = end;
        }
        self.add_lines(&mut blocks, Span::new(at, self.text.len()));
        blocks
    }

    fn add_lines(&self, blocks: &mut Vec<Block>, within: Span) {
        // The stretch before a row ends with that row's line end.
        if within.of(&self.text).trim().is_empty() && !blocks.is_empty() {
            blocks.push(Block::Line(Line::default_at(within.start)));
            return;
        }
        for line in plain::lines(&self.text, within, false) {
            let strong = self
                .strong_spans
                .iter()
                .filter(|bold| bold.start <= line.span.start && bold.end > line.span.start)
                .map(|bold| bold.end.min(line.span.end) - line.span.start)
                .max()
                .unwrap_or(0);
            let quoted = self
                .quoted_spans
                .iter()
                .filter(|(quote, _)| quote.contains(line.span) && !line.span.is_empty())
                .map(|(_, depth)| *depth)
                .max()
                .unwrap_or(0);
            blocks.push(Block::Line(Line {
                strong,
                quoted: line.quoted.saturating_add(quoted),
                ..line
            }));
        }
    }
}

impl Line {
    fn default_at(at: usize) -> Line {
        Line {
            span: Span::new(at, at),
            ..Line::default()
        }
    }
}

fn is_hidden(element: &Element) -> bool {
    if matches!(
        element.name(),
        "head"
            | "script"
            | "style"
            | "title"
            | "template"
            | "noscript"
            | "object"
            | "svg"
            | "select"
            | "button"
    ) {
        return true;
    }
    if element.attr("hidden").is_some() {
        return true;
    }
    let Some(style) = element.attr("style") else {
        return false;
    };
    let style: String = style
        .chars()
        .filter(|char| !char.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase();
    style.split(';').any(|rule| {
        matches!(
            rule.trim_end_matches("!important"),
            "display:none" | "visibility:hidden" | "mso-hide:all" | "font-size:0" | "font-size:0px"
        )
    })
}

fn is_strong(element: &Element) -> bool {
    matches!(
        element.name(),
        "b" | "strong" | "th" | "dt" | "label" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
    ) || element.attr("style").is_some_and(|style| {
        let style = style.to_ascii_lowercase().replace(' ', "");
        ["font-weight:bold", "font-weight:600", "font-weight:700"]
            .iter()
            .any(|bold| style.contains(bold))
    })
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "body"
            | "caption"
            | "center"
            | "details"
            | "div"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "section"
            | "summary"
            | "tbody"
            | "tfoot"
            | "thead"
            | "ul"
    )
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = bytes
            .get(at..at + 3)
            .filter(|escape| escape[0] == b'%')
            .and_then(|escape| std::str::from_utf8(&escape[1..]).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escape {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(markup: &str) -> String {
        sheet("1", markup).text.trim_end().to_string()
    }

    fn table_texts(markup: &str) -> Vec<Vec<Vec<String>>> {
        let sheet = sheet("1", markup);
        sheet
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Table(table) => Some(
                    table
                        .rows
                        .iter()
                        .map(|row| {
                            row.iter()
                                .map(|cell| cell.span.of(&sheet.text).to_string())
                                .collect()
                        })
                        .collect(),
                ),
                Block::Line(_) => None,
            })
            .collect()
    }

    #[test]
    fn text_is_what_a_browser_shows() {
        for (markup, expected) in [
            (
                "<p>Name:\n   Max &amp; <b>Moritz</b></p><p>zwei",
                "Name: Max & Moritz\n\nzwei",
            ),
            ("a<br>b<br/>c", "a\nb\nc"),
            (
                "<style>x</style><script>y</script><div>a</div><div>b</div>",
                "a\nb",
            ),
            ("<div style='display: none'>preview</div>text", "text"),
            ("<b>Name:</b>Max", "Name: Max"),
            (
                "<a href='mailto:max%40example.test?subject=x'>schreiben</a>",
                "schreiben <max@example.test>",
            ),
            (
                "<a href='mailto:max@example.test'>Max@example.test</a>",
                "Max@example.test",
            ),
            ("<a href='tel:+493012345678'>030 1234-5678</a>", "030 1234-5678"),
            ("<pre>a\n  b</pre>c", "a\n  b\nc"),
            ("a\u{200b}b&nbsp;c&shy;d", "ab cd"),
            ("<ul><li>eins<li>zwei</ul>", "eins\nzwei"),
            ("<input value='Max'><input type=hidden value='x'>", "Max"),
        ] {
            assert_eq!(text(markup), expected, "{markup}");
        }
    }

    #[test]
    fn cells_are_found_in_plain_and_in_nested_tables() {
        let markup = "<table><tr><td><table><tr><th>Name</th><td> Max <br> Muster</td></tr>\
            <tr><td>E-Mail<td>max@example.test</table></td></tr><tr><td>Fuß</td></tr></table>";
        assert_eq!(
            table_texts(markup),
            [
                vec![vec!["Name", "Max\nMuster"], vec!["E-Mail", "max@example.test"]],
                vec![vec!["Fuß"]]
            ]
        );
    }

    #[test]
    fn definition_lists_are_tables_of_two_columns() {
        assert_eq!(
            table_texts("<dl><dt>Name<dd>Max<dt>Ort<dd>Bern</dl>"),
            [[["Name", "Max"], ["Ort", "Bern"]]]
        );
    }

    #[test]
    fn bold_beginnings_and_quotes_are_known() {
        let sheet = sheet("1", "<b>Name</b> Max<blockquote>alt</blockquote>");
        let lines: Vec<(&str, usize, u8)> = sheet
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Line(line) if !line.span.is_empty() => {
                    Some((line.span.of(&sheet.text), line.strong, line.quoted))
                }
                _ => None,
            })
            .collect();
        assert_eq!(lines, [("Name Max", 4, 0), ("alt", 0, 1)]);
    }

    #[test]
    fn markup_nested_without_end_is_read() {
        let deep = format!("Name{}<p>Muster", "<div><p>".repeat(500_000));
        assert_eq!(text(&deep).trim(), "Name");
        let flat = format!("{}<p>Name", "<b>x</b><br>".repeat(5_000));
        assert!(text(&flat).ends_with("Name"));
    }

    #[test]
    fn elements_know_where_they_show() {
        let sheet = sheet("1", "<div id=a> x <span class=tel> 030 </span></div>");
        let elements = sheet.elements.as_ref().unwrap();
        let selector = scraper::Selector::parse("span.tel").unwrap();
        let found = elements.document.select(&selector).next().unwrap();
        assert_eq!(elements.places[&found.id()].of(&sheet.text), "030");
    }
}
