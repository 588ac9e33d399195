//! An HTTP relay in front of a server: it passes requests on, answers in the server's place, or keeps an answer back.
//!
//! The fault proxy knows connections and bytes; this knows requests. It speaks just enough HTTP for the client at hand:
//! a length before every body, one request a connection.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Instant;

/// What happens to a request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The server gets it, and its answer goes back.
    Pass,
    /// The server gets it; its answer is kept back for ever.
    KeepAnswer,
    /// The server never gets it; there is no answer.
    Swallow,
    /// The server never gets it; this is the answer.
    Say(u16, &'static [(&'static str, &'static str)], &'static str),
}

/// A running relay. It lives as long as the test process.
pub(crate) struct Relay {
    pub port: u16,
    state: Arc<State>,
    kept: mpsc::Receiver<()>,
}

struct State {
    upstream: u16,
    steps: Mutex<Vec<Step>>,
    taken: AtomicUsize,
    kept: Mutex<mpsc::Sender<()>>,
    /// For each idempotency key, when requests under it came.
    keys: Mutex<BTreeMap<String, Vec<Instant>>>,
}

impl Relay {
    /// A relay in front of the port `upstream`.
    pub(crate) fn before(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, kept) = mpsc::channel();
        let state = Arc::new(State {
            upstream,
            steps: Mutex::default(),
            taken: AtomicUsize::new(0),
            kept: Mutex::new(sender),
            keys: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || {
                    // Whoever hangs up in the middle is no failure of the relay.
                    let _ = state.serve(stream);
                });
            }
        });
        Relay { port, state, kept }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What happens to the next requests, one after the other; the last step is for all that follow. An empty list
    /// passes everything.
    pub(crate) fn plan(&self, steps: &[Step]) {
        let mut planned = self.state.steps.lock().unwrap();
        *planned = steps.to_vec();
        self.state.taken.store(0, Ordering::SeqCst);
    }

    /// Requests since the plan was set.
    pub(crate) fn taken(&self) -> usize {
        self.state.taken.load(Ordering::SeqCst)
    }

    /// Waits until an answer has been kept back, or a request swallowed.
    pub(crate) fn wait_until_kept(&self) {
        self.kept
            .recv_timeout(crate::PATIENCE)
            .expect("a request comes that is kept");
    }

    /// For each key that was sent several times, when.
    pub(crate) fn repeated(&self) -> Vec<Vec<Instant>> {
        let keys = self.state.keys.lock().unwrap();
        keys.values().filter(|times| times.len() > 1).cloned().collect()
    }
}

impl State {
    fn serve(&self, mut client: TcpStream) -> std::io::Result<()> {
        let request = read_request(&mut client)?;
        if request.is_empty() {
            return Ok(());
        }
        if let Some(key) = header(&request, "idempotency-key") {
            self.keys
                .lock()
                .unwrap()
                .entry(key)
                .or_default()
                .push(Instant::now());
        }
        let at = self.taken.fetch_add(1, Ordering::SeqCst);
        let step = {
            let steps = self.steps.lock().unwrap();
            steps.get(at).or(steps.last()).cloned().unwrap_or(Step::Pass)
        };
        match step {
            Step::Pass => {
                let answer = self.ask_server(&request)?;
                client.write_all(&answer)?;
            }
            Step::KeepAnswer => {
                self.ask_server(&request)?;
                self.keep(client);
                return Ok(());
            }
            Step::Swallow => {
                self.keep(client);
                return Ok(());
            }
            Step::Say(status, headers, body) => {
                let mut answer = format!("HTTP/1.1 {status} Said\r\nConnection: close\r\n");
                for (name, value) in headers {
                    answer.push_str(&format!("{name}: {value}\r\n"));
                }
                answer.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
                client.write_all(answer.as_bytes())?;
            }
        }
        client.shutdown(Shutdown::Write)
    }

    /// Says that it holds a request, and holds it until the client is gone.
    fn keep(&self, mut client: TcpStream) {
        let _ = self.kept.lock().unwrap().send(());
        let _ = client.read(&mut [0]);
    }

    fn ask_server(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(("127.0.0.1", self.upstream))?;
        // The end of the connection is the end of the answer.
        let line_end = position(request, b"\r\n").expect("a request has a first line") + 2;
        server.write_all(&request[..line_end])?;
        server.write_all(b"Connection: close\r\n")?;
        server.write_all(&request[line_end..])?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn header(request: &[u8], name: &str) -> Option<String> {
    let end = position(request, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&request[..end]);
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_string())
    })
}

/// A whole request; nothing where the client hung up without one.
fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut chunk = [0; 65536];
    loop {
        if let Some(head) = position(&request, b"\r\n\r\n") {
            let length = header(&request, "content-length").map_or(0, |length| length.parse().unwrap_or(0));
            if request.len() >= head + 4 + length {
                return Ok(request);
            }
        }
        let count = client.read(&mut chunk)?;
        if count == 0 {
            return Ok(Vec::new());
        }
        request.extend_from_slice(&chunk[..count]);
    }
}
