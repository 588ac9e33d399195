//! How fast and how right duplicates are found: `cargo bench -p lotse-core --bench duplicates [-- ROWS…]`.

mod labelled;
mod lists;
mod shapes;
mod world;

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use lotse_core::duplicates::{Index, Pair, Phone, Reason, Record, Region, Separated, Side, Watch, groups};
use lotse_core::table::{self, Cell, RowBlock};
use shapes::SHAPES;
use world::{Row, World};

/// The rows as a project holds them, with what the truth is known by.
struct Table {
    blocks: Vec<RowBlock>,
    businesses: Vec<u32>,
    kinds: Vec<&'static str>,
}

impl Table {
    fn new(rows: Vec<Row>) -> Self {
        let mut table = Table {
            blocks: Vec::new(),
            businesses: rows.iter().map(|row| row.business).collect(),
            kinds: rows.iter().map(|row| row.kind).collect(),
        };
        let mut block = RowBlock::new(5);
        for (number, row) in (1..).zip(rows) {
            let cells = [&row.email, &row.phone, &row.company, &row.city, &row.postcode];
            block.push(number, cells.map(|text| Cell::text(text)));
            if block.is_full() {
                table.blocks.push(std::mem::replace(&mut block, RowBlock::new(5)));
            }
        }
        table.blocks.push(block);
        table
    }

    fn row(&self, id: u32) -> table::Row<'_> {
        self.blocks[id as usize / RowBlock::MAX_ROWS].row(id as usize % RowBlock::MAX_ROWS)
    }

    /// Reads all rows into an index, block by block, the first with the id `first`.
    fn read(&self, index: &mut Index, first: u32) {
        for block in &self.blocks {
            let records: Vec<Record<'_>> = block
                .rows()
                .map(|row| record(first + row.number() - 1, row))
                .collect();
            index
                .extend(Side::Project, &records, &Watch::SILENT)
                .expect("nobody cancels");
        }
    }
}

fn record(id: u32, row: table::Row<'_>) -> Record<'_> {
    let [email, phone, company, city, postcode] = std::array::from_fn(|column| row.cell(column).text);
    Record {
        id,
        email,
        phone: Phone::Written(phone, Some(Region::De)),
        company,
        city,
        postcode,
    }
}

/// CPU seconds of this process, and its peak memory in MiB.
fn usage() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .unwrap_or(0.0);
    ((ticks(11) + ticks(12)) / 100.0, kib / 1024.0)
}

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let (cpu, start) = (usage().0, Instant::now());
    let out = work();
    let (after, peak) = usage();
    say(&format!(
        "  {name:44} {:7.2} s wall {:7.2} s CPU {peak:7.0} MiB peak",
        start.elapsed().as_secs_f64(),
        after - cpu
    ));
    out
}

#[expect(clippy::print_stdout, reason = "the table is what the benchmark is for")]
fn say(line: &str) {
    println!("{line}");
}

fn measure(count: usize) {
    let rows = Table::new(World::new(7).rows(count));
    forget_peak();
    say(&format!("{count} rows ({:.0} MiB before)", usage().1));
    let mut index = Index::new();
    let pairs = timed("all: from rows in memory to scored groups", || {
        timed("  reading", || rows.read(&mut index, 0));
        let pairs = timed("  matching", || {
            index.find_all(&Separated::default(), &Watch::SILENT)
        })
        .expect("nobody cancels");
        timed("  grouping", || groups(&pairs));
        pairs
    });
    say(&format!(
        "  {} pairs, digest {:016x}",
        pairs.len(),
        digest(&pairs)
    ));
    quality(&rows, &pairs);
    let bytes = timed("writing the index", || index.to_bytes());
    say(&format!(
        "  the index has {:.0} MiB",
        bytes.len() as f64 / 1_048_576.0
    ));
    drop(index);
    let mut known = timed("reading it back", || Index::from_bytes(&bytes)).expect("just written");
    drop(bytes);
    known
        .find_for(&[0], &Separated::default(), &Watch::SILENT)
        .expect("nobody cancels");
    let new = Table::new(World::new(8).rows(10_000));
    let first = u32::try_from(count).expect("few rows");
    let ids: Vec<u32> = (first..first + 10_000).collect();
    let met = timed("10,000 new rows against it", || {
        new.read(&mut known, first);
        known.find_for(&ids, &Separated::default(), &Watch::SILENT)
    })
    .expect("nobody cancels");
    say(&format!("  {} pairs, digest {:016x}", met.len(), digest(&met)));
    timed("one row replaced and matched", || {
        known.replace(Side::Project, &record(first + 5, new.row(7)));
        known.find_for(&ids[5..6], &Separated::default(), &Watch::SILENT)
    })
    .expect("nobody cancels");
}

/// A number that changes when anything in a pair does, to hold two states of the code against each other.
fn digest(pairs: &[Pair]) -> u64 {
    let mut state = 0xCBF2_9CE4_8422_2325_u64;
    let mut take = |value: u32| {
        for byte in value.to_le_bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    };
    for pair in pairs {
        for value in [pair.a, pair.b, pair.score.to_bits(), pair.reason as u32] {
            take(value);
        }
        for likeness in [pair.company, pair.city] {
            take(likeness.map_or(u32::MAX, f32::to_bits));
        }
        take(pair.postcode.map_or(2, u32::from));
    }
    state
}

/// Time, memory and pairs for each of the [`SHAPES`], or for those whose names hold `part`.
fn measure_shapes(count: usize, part: &str) {
    for shape in SHAPES.iter().filter(|shape| shape.name.contains(part)) {
        let rows = Table::new(shape.rows(count));
        forget_peak();
        say(&format!(
            "{count} rows, {} ({:.0} MiB before)",
            shape.name,
            usage().1
        ));
        let mut index = Index::new();
        let pairs = timed("all: from rows in memory to scored groups", || {
            rows.read(&mut index, 0);
            let pairs = index.find_all(&Separated::default(), &Watch::SILENT);
            let pairs = pairs.expect("nobody cancels");
            groups(&pairs);
            pairs
        });
        let found: HashSet<(u32, u32)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
        say(&format!(
            "  {} pairs, digest {:016x}",
            found.len(),
            digest(&pairs)
        ));
        drop((pairs, found));
        let new = Table::new(shape.rows(1_000));
        let first = u32::try_from(count).expect("few rows");
        let ids: Vec<u32> = (first..first + 1_000).collect();
        let met = timed("1,000 new rows against them", || {
            new.read(&mut index, first);
            index.find_for(&ids, &Separated::default(), &Watch::SILENT)
        })
        .expect("nobody cancels");
        say(&format!("  {} pairs, digest {:016x}", met.len(), digest(&met)));
    }
}

/// Lets the peak begin anew, where the system can do that.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Precision and recall against the world's truth, and recall by how a row was changed.
fn quality(rows: &Table, pairs: &[Pair]) {
    let mut of_business: HashMap<u32, Vec<u32>> = HashMap::new();
    for (id, business) in (0..).zip(&rows.businesses) {
        of_business.entry(*business).or_default().push(id);
    }
    let found: HashSet<(u32, u32)> = pairs
        .iter()
        .map(|pair| (pair.a.min(pair.b), pair.a.max(pair.b)))
        .collect();
    let mut by_kind: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut truth = 0;
    let mut right = 0;
    let mut missed = Vec::new();
    for ids in of_business.values() {
        for (at, &b) in ids.iter().enumerate() {
            for &a in &ids[..at] {
                let kind = match rows.kinds[a as usize] {
                    "original" => rows.kinds[b as usize],
                    other => other,
                };
                let hit = found.contains(&(a.min(b), a.max(b)));
                let counts = by_kind.entry(kind).or_default();
                counts.0 += 1;
                counts.1 += usize::from(hit);
                truth += 1;
                right += usize::from(hit);
                if !hit {
                    missed.push((kind, a, b));
                }
            }
        }
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    say(&format!(
        "  pairs {} true {truth} found {right}: precision {:.4} recall {:.4}",
        pairs.len(),
        share(right, pairs.len()),
        share(right, truth)
    ));
    let mut kinds: Vec<_> = by_kind.into_iter().collect();
    kinds.sort_unstable();
    for (kind, (all, hit)) in kinds {
        say(&format!(
            "    {kind:14} {hit:7} of {all:7} {:.4}",
            share(hit, all)
        ));
    }
    for reason in [Reason::EmailExact, Reason::PhoneNormalized, Reason::CompanyFuzzy] {
        let of: Vec<&Pair> = pairs.iter().filter(|pair| pair.reason == reason).collect();
        let good = of
            .iter()
            .filter(|pair| rows.businesses[pair.a as usize] == rows.businesses[pair.b as usize])
            .count();
        say(&format!(
            "    {reason:?}: {} pairs, precision {:.4}",
            of.len(),
            share(good, of.len())
        ));
    }
    if std::env::var_os("SHOW").is_some() {
        missed.sort_unstable();
        let shown = |id: u32| {
            let cells: Vec<&str> = rows.row(id).cells().map(|cell| cell.text).skip(2).collect();
            cells.join(" | ")
        };
        for (kind, a, b) in missed.iter().step_by(missed.len() / 40 + 1) {
            say(&format!("missed {kind}: {} || {}", shown(*a), shown(*b)));
        }
        let wrong: Vec<&Pair> = pairs
            .iter()
            .filter(|pair| rows.businesses[pair.a as usize] != rows.businesses[pair.b as usize])
            .collect();
        for pair in wrong.iter().step_by(wrong.len() / 60 + 1) {
            say(&format!(
                "wrong {:.3} {} || {}",
                pair.score,
                shown(pair.a),
                shown(pair.b)
            ));
        }
    }
}

/// How many of the pairs of a business and its rival, one each for a tenth of a world of `count` rows, are reported.
fn rivals(count: usize) {
    let mut world = World::new(7);
    let mut rows = world.rows(count);
    let mut pairs: Vec<(u32, u32, &str)> = Vec::new();
    for at in (0..count).step_by(10) {
        if let Some(rival) = world.rival(&rows[at]) {
            let id = |row: usize| u32::try_from(row).expect("few rows");
            pairs.push((id(at), id(rows.len()), rival.kind));
            rows.push(rival);
        }
    }
    let table = Table::new(rows);
    let mut index = Index::new();
    table.read(&mut index, 0);
    let found = index
        .find_all(&Separated::default(), &Watch::SILENT)
        .expect("nobody cancels");
    let found: HashSet<(u32, u32)> = found.iter().map(|pair| (pair.a, pair.b)).collect();
    let mut kinds: std::collections::BTreeMap<&str, (usize, usize)> = std::collections::BTreeMap::new();
    for &(a, b, kind) in &pairs {
        for kind in [kind, "all"] {
            let counts = kinds.entry(kind).or_default();
            counts.0 += 1;
            counts.1 += usize::from(found.contains(&(a, b)));
        }
    }
    say(&format!("rivals in a world of {count} rows"));
    for (kind, (all, reported)) in kinds {
        let share = 100.0 * reported as f64 / all as f64;
        say(&format!(
            "    {kind:18} {reported:6} of {all:6} reported, {share:.2} %"
        ));
    }
    if std::env::var_os("SHOW").is_some() {
        let shown = |id: u32| {
            let cells: Vec<&str> = table.row(id).cells().map(|cell| cell.text).skip(2).collect();
            cells.join(" | ")
        };
        let wrong = pairs.iter().filter(|(a, b, _)| found.contains(&(*a, *b)));
        for (a, b, kind) in wrong.take(60) {
            say(&format!("wrong {kind}: {} || {}", shown(*a), shown(*b)));
        }
    }
}

/// Writes the rows for the peers that are measured beside this.
fn export(count: usize, path: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "business,email,phone,company,city,postcode")?;
    for row in World::new(7).rows(count) {
        writeln!(
            out,
            "{},{},{},\"{}\",{},{}",
            row.business, row.email, row.phone, row.company, row.city, row.postcode
        )?;
    }
    out.flush()
}

/// Rows of a file as [`export`] writes it: the truth in the first column, no line breaks in cells.
fn import(path: &str) -> std::io::Result<Vec<Row>> {
    let text = std::fs::read_to_string(path)?;
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let rows = text.lines().skip(1).map(|line| {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                other => cells.last_mut().expect("never empty").push(other),
            }
        }
        cells.resize(6, String::new());
        let next = u32::try_from(numbers.len()).expect("few rows");
        let business = *numbers.entry(cells[0].clone()).or_insert(next);
        let [_, email, phone, company, city, postcode] = cells.try_into().expect("six cells");
        Row {
            business,
            email,
            phone,
            company,
            city,
            postcode,
            kind: "original",
        }
    });
    Ok(rows.collect())
}

/// Matches a labelled file.
fn score(path: &str) -> std::io::Result<()> {
    let rows = Table::new(import(path)?);
    let mut index = Index::new();
    rows.read(&mut index, 0);
    let pairs = index
        .find_all(&Separated::default(), &Watch::SILENT)
        .expect("nobody cancels");
    say(path);
    quality(&rows, &pairs);
    Ok(())
}

/// Matches a file and writes the places of its pairs with their scores, for truth that is given pair by pair.
fn write_pairs(path: &str, out: &str) -> std::io::Result<()> {
    let rows = Table::new(import(path)?);
    let mut index = Index::new();
    rows.read(&mut index, 0);
    let pairs = index
        .find_all(&Separated::default(), &Watch::SILENT)
        .expect("nobody cancels");
    let lines: Vec<String> = pairs
        .iter()
        .map(|pair| format!("{},{},{:.4}\n", pair.a, pair.b, pair.score))
        .collect();
    std::fs::write(out, lines.concat())
}

fn main() -> std::io::Result<()> {
    let arguments = std::env::args().skip(1);
    let arguments: Vec<String> = arguments.filter(|argument| argument != "--bench").collect();
    if let [mode, count, path] = &arguments[..]
        && mode == "export"
    {
        return export(count.parse().unwrap_or(100_000), path);
    }
    if let [mode, path, out] = &arguments[..]
        && mode == "pairs"
    {
        return write_pairs(path, out);
    }
    if let [mode, count, part @ ..] = &arguments[..]
        && mode == "shapes"
    {
        measure_shapes(count.parse().unwrap_or(100_000), &part.join(" "));
        return Ok(());
    }
    if let [mode, count] = &arguments[..]
        && mode == "rivals"
    {
        rivals(count.parse().unwrap_or(100_000));
        return Ok(());
    }
    if let [mode, paths @ ..] = &arguments[..]
        && mode == "labelled"
    {
        return labelled::score_lists(paths);
    }
    if let [mode, path] = &arguments[..]
        && mode == "score"
    {
        return score(path);
    }
    let sizes: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![10_000, 100_000, 1_000_000]
    } else {
        sizes
    };
    for size in sizes {
        measure(size);
    }
    Ok(())
}
