//! The clipboard as other programs see it: what they have copied, and what they get from the window. Asked of the X
//! server, since a page that asks itself proves nothing about others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Window as Handle, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::{INTERVAL, PATIENCE, Window};

x11rb::atom_manager! {
    /// How programs hand over what was copied (ICCCM, 2).
    Words: WordsCookie {
        CLIPBOARD,
        TARGETS,
        // Where an answer is put.
        LOTSE_TESTS_ANSWER,
    }
}

/// Another program in which something was copied; it holds it until it is dropped or somebody else copies.
pub struct Copied {
    over: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

impl Drop for Copied {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        if let Some(serving) = self.serving.take() {
            let _ = serving.join();
        }
    }
}

impl Window {
    /// Another program copies the same in several forms, each under the name by which programs ask for it.
    pub fn copy_elsewhere(&self, forms: &[(&str, &str)]) -> Copied {
        let other = Other::start(self.display.name());
        let forms: Vec<(Atom, Vec<u8>)> = forms
            .iter()
            .map(|(name, text)| (other.atom(name), text.as_bytes().to_vec()))
            .collect();
        other
            .connection
            .set_selection_owner(other.window, other.words.CLIPBOARD, x11rb::CURRENT_TIME)
            .expect("connected");
        other.connection.sync().expect("the X server answers");
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let serving = std::thread::spawn(move || {
            while !ended.load(Ordering::Acquire) {
                match other.connection.poll_for_event() {
                    Ok(Some(Event::SelectionRequest(request))) => other.answer(&request, &forms),
                    Ok(Some(_)) => {}
                    Ok(None) => std::thread::sleep(INTERVAL),
                    // The screen is gone, and nobody asks any more.
                    Err(_) => return,
                }
            }
        });
        Copied {
            over,
            serving: Some(serving),
        }
    }

    /// What another program would get from the clipboard in this form; empty where it is not offered.
    pub fn paste_elsewhere(&self, form: &str) -> String {
        let other = Other::start(self.display.name());
        let answer = other.words.LOTSE_TESTS_ANSWER;
        other
            .connection
            .convert_selection(
                other.window,
                other.words.CLIPBOARD,
                other.atom(form),
                answer,
                x11rb::CURRENT_TIME,
            )
            .expect("connected");
        other.connection.flush().expect("connected");
        let start = Instant::now();
        loop {
            assert!(start.elapsed() < PATIENCE, "nobody answers for the clipboard");
            match other.connection.poll_for_event().expect("the X server answers") {
                Some(Event::SelectionNotify(notice)) if notice.property == x11rb::NONE => {
                    return String::new();
                }
                Some(Event::SelectionNotify(_)) => break,
                Some(_) => {}
                None => std::thread::sleep(INTERVAL),
            }
        }
        let property = other
            .connection
            .get_property(true, other.window, answer, AtomEnum::ANY, 0, u32::MAX / 4)
            .ok()
            .and_then(|cookie| cookie.reply().ok())
            .expect("the answer is there");
        String::from_utf8_lossy(&property.value).into_owned()
    }
}

/// A program that is only there for its clipboard.
struct Other {
    connection: RustConnection,
    window: Handle,
    words: Words,
}

impl Other {
    fn start(display: &str) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).expect("the screen is there");
        let root = connection.setup().roots[screen].root;
        let words = Words::new(&connection)
            .map(WordsCookie::reply)
            .expect("connected")
            .expect("the X server knows atoms");
        let window = connection.generate_id().expect("connected");
        let aux = CreateWindowAux::new();
        connection
            .create_window(0, window, root, -1, -1, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &aux)
            .expect("connected");
        Other {
            connection,
            window,
            words,
        }
    }

    fn atom(&self, name: &str) -> Atom {
        let cookie = self
            .connection
            .intern_atom(false, name.as_bytes())
            .expect("connected");
        cookie.reply().expect("the X server knows atoms").atom
    }

    fn answer(&self, request: &SelectionRequestEvent, forms: &[(Atom, Vec<u8>)]) {
        let put = |kind: Atom, bytes: &[u8]| {
            self.connection
                .change_property8(
                    PropMode::REPLACE,
                    request.requestor,
                    request.property,
                    kind,
                    bytes,
                )
                .is_ok()
        };
        let known = if request.target == self.words.TARGETS {
            let offered: Vec<u32> = forms.iter().map(|(form, _)| *form).collect();
            self.connection
                .change_property32(
                    PropMode::REPLACE,
                    request.requestor,
                    request.property,
                    AtomEnum::ATOM,
                    &offered,
                )
                .is_ok()
        } else {
            let form = forms.iter().find(|(form, _)| *form == request.target);
            form.is_some_and(|(form, bytes)| put(*form, bytes))
        };
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: if known { request.property } else { x11rb::NONE },
        };
        // Whoever has asked may be gone by now.
        let _ = self
            .connection
            .send_event(false, request.requestor, EventMask::NO_EVENT, answer);
        let _ = self.connection.flush();
    }
}
