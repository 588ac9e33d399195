//! The real window under WebDriver: open it, find what a person would find, act as a person would, look at it.
//!
//! Everything waits for a condition and fails with a sentence; nothing sleeps for a guessed time. A failed search
//! leaves a picture in `tests/artefacts/`. One window is open at a time, over all test processes of the machine: the
//! driver serves one session, and two windows would steal each other's focus.

mod accessibility;
mod clipboard;
mod display;
mod find;
mod keys;
mod machine;
mod memory;
mod picture;
mod pointer;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

pub use accessibility::Violation;
pub use clipboard::Copied;
pub use machine::Program;

use display::Display;
use machine::{Driver, Turn};

/// How long a condition may take to come true before the test fails. Long, because the machine may be busy; no test
/// is slower for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a condition is looked at again.
const INTERVAL: Duration = Duration::from_millis(25);

/// An open window.
pub struct Window {
    driver: Driver,
    web: WebDriver,
    display: Display,
    /// The window keeps its settings here and not where the person who runs the tests has theirs.
    home: tempfile::TempDir,
    _turn: Turn,
}

/// How a window is to be opened.
#[derive(Default)]
pub struct Opening {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    still: bool,
}

impl Opening {
    /// The person has asked their system for less motion.
    pub fn without_motion(mut self) -> Self {
        self.still = true;
        self
    }

    /// Hands a command-line argument to the window.
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets a variable of the environment in which the window runs.
    pub fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Opens the window and waits until it has drawn its first page.
    pub async fn open(self, program: Program) -> Window {
        // Nobody waits for a turn while this builds.
        let binary = machine::binary(program);
        let mut turn = machine::take_turn();
        let home = tempfile::tempdir().expect("a folder for the window's settings");
        if self.still {
            // Where GTK reads the settings of a person, and the web view from GTK.
            let settings = home.path().join("config/gtk-3.0");
            fs::create_dir_all(&settings)
                .and_then(|()| {
                    let text = "[Settings]\ngtk-enable-animations=false\n";
                    fs::write(settings.join("settings.ini"), text)
                })
                .expect("the folder is ours");
        }
        let display = Display::start();
        let driver = Driver::start(&mut turn, &display, home.path(), &self.environment);
        let mut capabilities = Capabilities::new();
        capabilities
            .set(
                "webkitgtk:browserOptions",
                json!({ "binary": binary, "args": self.arguments }),
            )
            .expect("JSON made of texts");
        let web = match WebDriver::new(driver.address(), capabilities).await {
            Ok(web) => web,
            Err(error) => panic!("the driver could not open {}: {error}", binary.display()),
        };
        web.set_script_timeout(PATIENCE)
            .await
            .expect("the driver knows script time-outs");
        let window = Window {
            web,
            driver,
            display,
            home,
            _turn: turn,
        };
        window
            .until("the first page stands", async || {
                window
                    .script::<bool>("return document.readyState === 'complete'", vec![])
                    .await
                    .then_some(())
            })
            .await;
        window
    }
}

impl Window {
    /// Opens Lotse as a person starts it, without arguments.
    pub async fn open() -> Window {
        Opening::default().open(Program::Desktop).await
    }

    /// Closes the window and waits until its processes are gone.
    pub async fn close(self) {
        self.web.clone().quit().await.expect("the session ends");
    }

    /// The WebDriver session, for what has no method here.
    pub fn web(&self) -> &WebDriver {
        &self.web
    }

    /// The folder in which the window keeps its settings.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Waits until `condition` gives something, and gives that; fails with `claim`, which says what was to happen.
    pub async fn until<T>(&self, claim: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(value) = condition().await {
                return value;
            }
            if start.elapsed() > PATIENCE {
                let picture = match self.web.screenshot_as_png().await {
                    Ok(png) => format!(
                        "; the window is shown in {}",
                        write_artefact("failed", &png).display()
                    ),
                    Err(error) => format!("; there is no picture of it: {error}"),
                };
                panic!("not after {PATIENCE:?}: {claim}{picture}");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Runs a function body in the page and gives what it returns.
    pub async fn script<T: DeserializeOwned>(&self, body: &str, arguments: Vec<Value>) -> T {
        match self
            .web
            .execute(body, arguments)
            .await
            .and_then(|answer| answer.convert())
        {
            Ok(value) => value,
            Err(error) => panic!("the script failed: {error}\n{body}"),
        }
    }

    /// Runs the body of an async function in the page and gives what it resolves to.
    pub async fn script_async<T: DeserializeOwned>(&self, body: &str, arguments: Vec<Value>) -> T {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1];\
             (async (...args) => {{ {body} }})(...Array.prototype.slice.call(arguments, 0, -1))\
             .then((value) => done({{ value: value === undefined ? null : value }}), (error) => done({{ error: String(error) }}));"
        );
        let answer: Value = match self
            .web
            .execute_async(wrapped, arguments)
            .await
            .and_then(|answer| answer.convert())
        {
            Ok(answer) => answer,
            Err(error) => panic!("the script failed: {error}\n{body}"),
        };
        if let Some(error) = answer.get("error") {
            panic!("the script failed: {error}\n{body}");
        }
        serde_json::from_value(answer["value"].clone()).expect("the script returns what the test expects")
    }

    /// Waits until the page has drawn what it holds. Straight after a change a picture may still show the frame
    /// before it.
    pub async fn drawn(&self) {
        self.script_async::<Option<bool>>(
            "await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
            vec![],
        )
        .await;
    }

    /// Makes the page `width` by `height` CSS pixels large.
    pub async fn resize(&self, width: u32, height: u32) {
        self.web
            .set_window_rect(0, 0, width, height)
            .await
            .expect("the window can be resized");
        self.until(&format!("the window is {width}x{height}"), async || {
            let size: (u32, u32) = self.script("return [innerWidth, innerHeight]", vec![]).await;
            (size == (width, height)).then_some(())
        })
        .await;
    }

    /// Keeps a picture of the page as `tests/artefacts/NAME.png`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        self.drawn().await;
        let png = self
            .web
            .screenshot_as_png()
            .await
            .expect("the window can be pictured");
        write_artefact(name, &png)
    }

    /// The same for the documents: `path` gets a picture of few bytes.
    pub async fn picture(&self, name: &str, path: &Path) {
        let made = self.screenshot(name).await;
        let png = fs::read(&made).expect("it was written just now");
        fs::write(path, picture::in_few_colours(&png))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }

    /// When the process of the window was started.
    pub fn started(&self) -> SystemTime {
        memory::start_of_group(self.driver.group(), "WebKitWebDriver")
    }

    /// Memory of all processes of the window in bytes, shared pages counted in parts (PSS).
    pub fn memory(&self) -> u64 {
        self.memory_of_each().iter().map(|(_, bytes)| bytes).sum()
    }

    /// The same process by process: the shell, the web process and the network process, by the names of their programs.
    pub fn memory_of_each(&self) -> Vec<(String, u64)> {
        memory::of_group(self.driver.group(), "WebKitWebDriver")
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // After a failed test the session would be ended by waiting for an answer that may never come; the driver is
        // killed instead. After `close` there is nothing left to end.
        let _ = self.web.clone().leak();
    }
}

fn write_artefact(name: &str, png: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artefacts");
    let path = folder.join(format!("{name}.png"));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, png))
        .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    path
}
