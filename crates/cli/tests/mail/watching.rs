//! A watch from its start to the signal that ends it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value as Json;

use super::server::{ImapServer, PASSWORD};
use super::{Home, inquiry};

/// Far below the polling interval of five minutes: whoever takes longer was not told by the server.
const SOON: Duration = Duration::from_secs(60);

struct Watching {
    child: Child,
    looks: mpsc::Receiver<Json>,
}

impl Watching {
    fn start(home: &Home, further: &[&str]) -> Self {
        let arguments = [&["mail", "watch", "--json"], further].concat();
        let mut child = home.command(&arguments).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        let (sender, looks) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _gone = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Watching { child, looks }
    }

    /// The next look that brought something.
    fn next_with_mail(&self) -> Json {
        loop {
            let look = self.looks.recv_timeout(SOON).unwrap();
            if look["sync"]["folders"][0]["new"] != 0 {
                return look;
            }
        }
    }

    fn end(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _gone = self.child.kill();
    }
}

#[test]
fn a_watch_takes_new_mails_into_a_project_until_it_is_told_to_end() {
    let (home, server) = (Home::new(), ImapServer::start());
    server.deliver("", &[inquiry(1)]);
    home.connect("Anfragen", &server, &[]);
    let watching = Watching::start(&home, &["--into", "anfragen.lotse", "--target", "lms"]);
    let first = watching.next_with_mail();
    assert_eq!(first["into"]["leads"], 1);
    server.deliver("", &[inquiry(2)]);
    let second = watching.next_with_mail();
    assert_eq!(
        (&second["into"]["leads"], &second["into"]["checked"]["rows"]),
        (&1.into(), &2.into())
    );
    assert_eq!(watching.end("-TERM"), Some(0));
}

#[test]
fn an_interrupt_ends_a_watch_well_and_a_refused_password_does_not() {
    let (home, server) = (Home::new(), ImapServer::start());
    home.connect("Anfragen", &server, &[]);
    let watching = Watching::start(&home, &["--every", "60"]);
    watching.looks.recv_timeout(SOON).unwrap();
    assert_eq!(watching.end("-INT"), Some(0));
    home.lotse_with("falsch", &["mail", "watch"])
        .refused(4, &["password"]);
    assert_eq!(home.lotse(&["mail", "watch", "--every", "61"]).code, 2);
}
