//! The processes of the window as the system counts them: the shell, the web process and the network process are three.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// The proportional set sizes of the programs of a process group in bytes, by name, without the program `except`.
pub(super) fn of_group(group: u32, except: &str) -> Vec<(String, u64)> {
    members(group, except)
        .into_iter()
        .filter_map(|(path, _)| {
            let rollup = fs::read_to_string(path.join("smaps_rollup")).ok()?;
            let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
            let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
            let name = fs::read_to_string(path.join("comm")).ok()?;
            Some((name.trim().to_owned(), kilobytes * 1024))
        })
        .collect()
}

/// When the first process of a group was started, without the program `except`; to a hundredth of a second.
pub(super) fn start_of_group(group: u32, except: &str) -> SystemTime {
    /// Hundredths of a second, in which Linux tells such moments on every machine that it runs on.
    const TICKS: f64 = 100.0;
    let first = members(group, except)
        .into_iter()
        // Twenty-second of all fields, and the state is the third (proc_pid_stat(5)).
        .filter_map(|(_, fields)| fields.split_whitespace().nth(19)?.parse::<f64>().ok())
        .fold(f64::INFINITY, f64::min);
    let uptime = fs::read_to_string("/proc/uptime").expect("the system tells how long it runs");
    let uptime = uptime
        .split_whitespace()
        .next()
        .and_then(|seconds| seconds.parse::<f64>().ok());
    let ago = uptime.expect("it is a number") - first / TICKS;
    SystemTime::now() - Duration::from_secs_f64(ago.max(0.0))
}

/// The processes of a group: where the system tells of them, and what it tells from their state on.
fn members(group: u32, except: &str) -> Vec<(PathBuf, String)> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let member = |path: PathBuf| {
        let stat = fs::read_to_string(path.join("stat")).ok()?;
        // The name stands in brackets and may hold anything; the group is the third field behind it.
        let (head, tail) = stat.rsplit_once(')')?;
        let in_group = tail.split_whitespace().nth(2)?.parse() == Ok(group);
        let counted = head
            .rsplit_once('(')
            .is_none_or(|(_, name)| !except.starts_with(name));
        (in_group && counted).then(|| (path, tail.to_owned()))
    };
    processes
        .flatten()
        .filter_map(|entry| member(entry.path()))
        .collect()
}
