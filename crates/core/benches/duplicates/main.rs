//! How fast and how right duplicates are found: `cargo bench -p lotse-core --bench duplicates [-- ROWS…]`.

mod world;

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use lotse_core::duplicates::{Index, Pair, Phone, Reason, Record, Region, Separated, Side, Watch, groups};
use world::{Row, World};

fn record(id: u32, row: &Row) -> Record<'_> {
    Record {
        id,
        email: &row.email,
        phone: Phone::Written(&row.phone, Some(Region::De)),
        company: &row.company,
        city: &row.city,
        postcode: &row.postcode,
    }
}

/// CPU seconds of this process, and its peak memory in MiB.
fn usage() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0);
    ((ticks(11) + ticks(12)) / 100.0, kib / 1024.0)
}

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let (cpu, start) = (usage().0, Instant::now());
    let out = work();
    let (after, peak) = usage();
    say(&format!("  {name:44} {:7.2} s wall {:7.2} s CPU {peak:7.0} MiB peak", start.elapsed().as_secs_f64(), after - cpu));
    out
}

#[expect(clippy::print_stdout, reason = "the table is what the benchmark is for")]
fn say(line: &str) {
    println!("{line}");
}

fn measure(count: usize) {
    let rows = World::new(7).rows(count);
    let records: Vec<Record<'_>> = (0..).zip(&rows).map(|(id, row)| record(id, row)).collect();
    say(&format!("{count} rows ({:.0} MiB before)", usage().1));
    let mut index = Index::new();
    let pairs = timed("all: from rows in memory to scored groups", || {
        timed("  reading", || index.extend(Side::Project, &records, &Watch::SILENT)).expect("nobody cancels");
        let pairs = timed("  matching", || index.find_all(&Separated::default(), &Watch::SILENT)).expect("nobody cancels");
        timed("  grouping", || groups(&pairs));
        pairs
    });
    quality(&rows, &pairs);
    let bytes = timed("writing the index", || index.to_bytes());
    say(&format!("  the index has {:.0} MiB", bytes.len() as f64 / 1048576.0));
    let mut known = timed("reading it back", || Index::from_bytes(&bytes)).expect("just written");
    drop(bytes);
    let new = World::new(8).rows(10_000);
    let first = u32::try_from(count).expect("few rows");
    let new_records: Vec<Record<'_>> = (first..).zip(&new).map(|(id, row)| record(id, row)).collect();
    let ids: Vec<u32> = new_records.iter().map(|record| record.id).collect();
    timed("10,000 new rows against it", || {
        known.extend(Side::Project, &new_records, &Watch::SILENT).expect("nobody cancels");
        known.find_for(&ids, &Separated::default(), &Watch::SILENT)
    })
    .expect("nobody cancels");
    timed("one row replaced and matched", || {
        known.replace(Side::Project, &new_records[5]);
        known.find_for(&ids[5..6], &Separated::default(), &Watch::SILENT)
    })
    .expect("nobody cancels");
}

/// Precision and recall against the world's truth, and recall by how a row was changed.
fn quality(rows: &[Row], pairs: &[Pair]) {
    let mut of_business: HashMap<u32, Vec<u32>> = HashMap::new();
    for (id, row) in (0..).zip(rows) {
        of_business.entry(row.business).or_default().push(id);
    }
    let found: HashSet<(u32, u32)> = pairs.iter().map(|pair| (pair.a.min(pair.b), pair.a.max(pair.b))).collect();
    let mut by_kind: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut truth = 0;
    let mut right = 0;
    let mut missed = Vec::new();
    for ids in of_business.values() {
        for (at, &b) in ids.iter().enumerate() {
            for &a in &ids[..at] {
                let kind = if rows[a as usize].kind == "original" { rows[b as usize].kind } else { rows[a as usize].kind };
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
    say(&format!("  pairs {} true {truth} found {right}: precision {:.4} recall {:.4}", pairs.len(), share(right, pairs.len()), share(right, truth)));
    let mut kinds: Vec<_> = by_kind.into_iter().collect();
    kinds.sort_unstable();
    for (kind, (all, hit)) in kinds {
        say(&format!("    {kind:14} {hit:7} of {all:7} {:.4}", share(hit, all)));
    }
    for reason in [Reason::EmailExact, Reason::PhoneNormalized, Reason::CompanyFuzzy] {
        let of: Vec<&Pair> = pairs.iter().filter(|pair| pair.reason == reason).collect();
        let good = of.iter().filter(|pair| rows[pair.a as usize].business == rows[pair.b as usize].business).count();
        say(&format!("    {reason:?}: {} pairs, precision {:.4}", of.len(), share(good, of.len())));
    }
    if std::env::var_os("SHOW").is_some() {
        missed.sort_unstable();
        for (kind, a, b) in missed.iter().step_by(missed.len() / 40 + 1) {
            say(&format!("missed {kind}: {:?} | {:?}", rows[*a as usize], rows[*b as usize]));
        }
        let wrong: Vec<&Pair> = pairs.iter().filter(|pair| rows[pair.a as usize].business != rows[pair.b as usize].business).collect();
        for pair in wrong.iter().step_by(wrong.len() / 60 + 1) {
            let (a, b) = (&rows[pair.a as usize], &rows[pair.b as usize]);
            say(&format!("wrong {:.3} {} | {} | {} || {} | {} | {}", pair.score, a.company, a.city, a.postcode, b.company, b.city, b.postcode));
        }
    }
}

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000, 1_000_000] } else { sizes };
    for size in sizes {
        measure(size);
    }
}
