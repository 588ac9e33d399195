//! `cargo xtask test`: everything the tests need, then all tests.

use crate::run::{program, run, say};
use crate::{Done, front_end, packages};

pub(crate) fn test(arguments: &[&str]) -> Done {
    packages::ensure(&[packages::TO_BUILD, packages::TO_TEST])?;
    front_end::ensure()?;
    if arguments.is_empty() {
        say("Tests of the front end");
        front_end::npm(&["run", "--silent", "test"], "The tests of the front end")?;
    }
    say("Tests of Rust, of the window, and against real servers");
    let mut test = program("cargo", &["test", "--workspace", "--no-fail-fast"]);
    if !arguments.is_empty() {
        test.arg("--").args(arguments);
    }
    run(&mut test, "Testing")
}
