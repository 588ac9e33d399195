//! Reads workbooks in a process of its own, so that a file made to exhaust or to hang its reader ends that process
//! and not this one.
//!
//! The process is this same program, started again with a hidden argument: every executable calls
//! [`serve_if_asked`] as the first thing in `main`. A program that did not (a test) can name one that does with
//! [`set_reader`]; without either, the reading happens in this process, with the size of the file limited.
//!
//! The child limits its own memory and processor time (on Unix), is killed when it stays silent for too long, and
//! sends what it reads through a pipe in the frames of [`super::workbook::frames`].

use std::{
    ffi::OsString,
    io::{BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Control,
    error::SourceError,
    inspection::Format,
    workbook::{foreign, frames},
};

/// The hidden argument that makes a program the reader.
const ARGUMENT: &str = "--lotse-read-workbook";
/// Memory that the child may ask for, in bytes.
const MEMORY: u64 = 1536 << 20;
/// Seconds of processor time that the child may take.
const SECONDS: u64 = 60;
/// What a file may weigh that is read without a child, in bytes.
const UNGUARDED: u64 = 16 << 20;

static SERVES: AtomicBool = AtomicBool::new(false);
static READER: OnceLock<(PathBuf, Vec<OsString>)> = OnceLock::new();

/// Makes this process the reader of a workbook when it was started as one, and ends it then. To be called first in
/// `main` of every executable that reads files.
pub fn serve_if_asked() {
    SERVES.store(true, Ordering::Relaxed);
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let Some(place) = arguments.iter().position(|argument| argument == ARGUMENT) else {
        return;
    };
    let (Some(format), Some(path)) = (arguments.get(place + 1), arguments.get(place + 2)) else {
        std::process::exit(2);
    };
    limit_this_process();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let code = match foreign::format_named(&format.to_string_lossy()) {
        Some(format) => match foreign::read(Path::new(path), format, &mut out) {
            Ok(()) => 0,
            Err(_) => 1,
        },
        None => 2,
    };
    drop(out);
    std::process::exit(code);
}

/// Names the program that reads workbooks, for processes whose own executable does not call [`serve_if_asked`].
/// `arguments` stand before the hidden ones. Only the first call counts.
pub fn set_reader(program: PathBuf, arguments: Vec<OsString>) {
    let _ = READER.set((program, arguments));
}

#[cfg(unix)]
fn limit_this_process() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |most| Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    // Where the system refuses, the parent's clock is the limit that remains.
    let _ = setrlimit(Resource::As, limit(MEMORY));
    let _ = setrlimit(Resource::Cpu, limit(SECONDS));
    let _ = setrlimit(Resource::Core, limit(0));
}

#[cfg(not(unix))]
fn limit_this_process() {}

/// Reads all sheets of a workbook.
pub(crate) fn read(
    path: &Path,
    format: Format,
    control: &Control<'_>,
) -> Result<Vec<frames::SheetData>, SourceError> {
    let reader = READER.get().cloned().or_else(|| {
        let own = SERVES.load(Ordering::Relaxed).then(std::env::current_exe)?.ok()?;
        Some((own, Vec::new()))
    });
    match reader {
        Some((program, arguments)) => read_in_child(&program, &arguments, path, format, control),
        None => read_here(path, format),
    }
}

fn read_here(path: &Path, format: Format) -> Result<Vec<frames::SheetData>, SourceError> {
    let name = super::file_name(path);
    let size = std::fs::metadata(path)
        .map_err(|error| super::unreadable(&name, &error))?
        .len();
    if size > UNGUARDED {
        return Err(SourceError::TooLarge {
            part: name,
            limit: UNGUARDED,
        });
    }
    let path = path.to_owned();
    let reading = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = foreign::read(&path, format, &mut bytes);
        (read, bytes)
    });
    match reading.join() {
        Ok((Ok(()), bytes)) => frames::decode(&mut bytes.as_slice(), &|_| {}),
        Ok((Err(error), _)) => Err(error),
        Err(_) => Err(SourceError::Damaged {
            part: name,
            cause: "the reader gave up".into(),
        }),
    }
}

/// Kills the child when it is dropped before its end.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn read_in_child(
    program: &Path,
    arguments: &[OsString],
    path: &Path,
    format: Format,
    control: &Control<'_>,
) -> Result<Vec<frames::SheetData>, SourceError> {
    let name = super::file_name(path);
    let child = Command::new(program)
        .args(arguments)
        .arg(ARGUMENT)
        .arg(foreign::name_of(format))
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| super::unreadable(&name, &error))?;
    let child = Mutex::new(Running(child));
    let stdout = match child.lock() {
        Ok(mut running) => running.0.stdout.take(),
        Err(_) => None,
    };
    let Some(stdout) = stdout else {
        return Err(SourceError::TooSlow { seconds: SECONDS });
    };
    let finished = AtomicBool::new(false);
    let stopped: OnceLock<SourceError> = OnceLock::new();
    let decoded = std::thread::scope(|scope| {
        scope.spawn(|| {
            let begun = Instant::now();
            while !finished.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
                let reason = if control.cancel.is_cancelled() {
                    SourceError::Cancelled
                } else if begun.elapsed() > Duration::from_secs(SECONDS) {
                    SourceError::TooSlow { seconds: SECONDS }
                } else {
                    continue;
                };
                let _ = stopped.set(reason);
                if let Ok(mut running) = child.lock() {
                    let _ = running.0.kill();
                }
                return;
            }
        });
        let mut reader = BufReader::with_capacity(1 << 16, stdout);
        let decoded = frames::decode(&mut reader as &mut dyn Read, &|rows| control.report(0, 0, rows));
        finished.store(true, Ordering::Relaxed);
        decoded
    });
    if let Some(reason) = stopped.into_inner() {
        return Err(reason);
    }
    decoded.map_err(|error| match error {
        // The child ended in the middle of a frame: its limit, or a fault of its reader.
        SourceError::Damaged { part, .. } if part == frames::CUT => died(&child, name),
        error => error,
    })
}

/// What the end of the child says.
fn died(child: &Mutex<Running>, part: String) -> SourceError {
    let status = child.lock().ok().and_then(|mut running| running.0.wait().ok());
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        const SIGXCPU: i32 = 24;
        const SIGKILL: i32 = 9;
        match status.and_then(|status| status.signal()) {
            Some(SIGXCPU | SIGKILL) => return SourceError::TooSlow { seconds: SECONDS },
            // Running out of its memory ends a process by abort.
            Some(_) => return SourceError::TooLarge { part, limit: MEMORY },
            None => {}
        }
    }
    let _ = status;
    SourceError::Damaged {
        part,
        cause: "the reader gave up".into(),
    }
}
