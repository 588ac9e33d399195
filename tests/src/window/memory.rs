//! Memory of the window: the shell, the web process and the network process are three.

use std::fs;

/// The sum of the proportional set sizes of a process group in bytes, without the program `except`.
pub(super) fn of_group(group: u32, except: &str) -> u64 {
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0;
    };
    processes
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            let stat = fs::read_to_string(path.join("stat")).ok()?;
            // The name stands in brackets and may hold anything; the group is the third field behind it.
            let (head, tail) = stat.rsplit_once(')')?;
            let member = tail.split_whitespace().nth(2)?.parse() == Ok(group);
            let counted = head
                .rsplit_once('(')
                .is_none_or(|(_, name)| !except.starts_with(name));
            if !(member && counted) {
                return None;
            }
            let rollup = fs::read_to_string(path.join("smaps_rollup")).ok()?;
            let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .sum::<u64>()
        * 1024
}
