//! What comes from outside the window: turns of a real wheel and files dropped by another program. WebDriver has no
//! command for either, so the X server is asked directly.

use std::path::Path;
use std::time::Instant;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ClientMessageEvent, ConnectionExt,
    CreateWindowAux, EventMask, InputFocus, MOTION_NOTIFY_EVENT, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Window as Handle, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::{INTERVAL, PATIENCE, Window};

x11rb::atom_manager! {
    /// The words of the drag and drop protocol, version 5 (freedesktop.org, “Drag-and-Drop Protocol for the X Window
    /// System”).
    Words: WordsCookie {
        XdndAware,
        XdndSelection,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndDrop,
        XdndFinished,
        XdndActionCopy,
        UriList: b"text/uri-list",
        // How a window manager asks a window to close (ICCCM, 4.2.8.1).
        WM_PROTOCOLS,
        WM_DELETE_WINDOW,
    }
}

impl Window {
    /// Turns the wheel over a point of the page, downwards for positive `notches`.
    pub fn wheel(&self, x: i16, y: i16, notches: i32) {
        let hand = Hand::reach(self.display.name());
        let button = if notches < 0 { 4 } else { 5 };
        hand.point(x, y);
        for _ in 0..notches.unsigned_abs() {
            for kind in [BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT] {
                hand.fake(kind, button, 0, 0);
            }
        }
        hand.connection.sync().expect("the X server answers");
    }

    /// Makes the window the active one of its screen, as a window manager does; a page in any other draws no focus.
    pub fn activate(&self) {
        let hand = Hand::reach(self.display.name());
        hand.connection
            .set_input_focus(InputFocus::PARENT, hand.lotse(), x11rb::CURRENT_TIME)
            .expect("connected");
        hand.connection.sync().expect("the X server answers");
    }

    /// Asks the window to close, as the button in its title bar does.
    pub fn ask_to_close(&self) {
        let hand = Hand::reach(self.display.name());
        let words = hand.words;
        hand.say(
            hand.lotse(),
            words.WM_PROTOCOLS,
            [words.WM_DELETE_WINDOW, x11rb::CURRENT_TIME, 0, 0, 0],
        );
        hand.connection.sync().expect("the X server answers");
    }

    /// Drops files onto a point of the page, as a file manager does.
    pub fn drop_files(&self, files: &[&Path], x: i16, y: i16) {
        let uris: String = files
            .iter()
            .map(|file| {
                let path = file
                    .canonicalize()
                    .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
                format!("file://{}\r\n", percent_encoded(&path.to_string_lossy()))
            })
            .collect();
        let hand = Hand::reach(self.display.name());
        hand.drop_uris(&uris, x, y);
    }
}

fn percent_encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => text.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => text.push(byte.into()),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    })
}

/// A connection to the screen that can do what a hand does.
struct Hand {
    connection: RustConnection,
    root: Handle,
    words: Words,
}

impl Hand {
    fn reach(display: &str) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).expect("the screen is there");
        let root = connection.setup().roots[screen].root;
        let words = Words::new(&connection)
            .map(WordsCookie::reply)
            .expect("connected");
        Hand {
            words: words.expect("the X server knows atoms"),
            connection,
            root,
        }
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) {
        self.connection
            .xtest_fake_input(kind, detail, 0, self.root, x, y, 0)
            .expect("the X server has XTEST");
    }

    fn point(&self, x: i16, y: i16) {
        let (left, top) = self.place(self.lotse());
        self.fake(MOTION_NOTIFY_EVENT, 0, left + x, top + y);
    }

    /// The window of Lotse: the one on this screen that takes drops.
    fn lotse(&self) -> Handle {
        let tree = self
            .connection
            .query_tree(self.root)
            .ok()
            .and_then(|cookie| cookie.reply().ok());
        let takes_drops = |window: &Handle| {
            let aware =
                self.connection
                    .get_property(false, *window, self.words.XdndAware, AtomEnum::ANY, 0, 1);
            aware
                .ok()
                .and_then(|cookie| cookie.reply().ok())
                .is_some_and(|reply| reply.value_len > 0)
        };
        let mut windows = tree.expect("the X server lists its windows").children.into_iter();
        windows
            .find(takes_drops)
            .expect("a window that takes drops is on the screen")
    }

    fn place(&self, window: Handle) -> (i16, i16) {
        let geometry = self
            .connection
            .get_geometry(window)
            .ok()
            .and_then(|cookie| cookie.reply().ok());
        geometry.map_or((0, 0), |geometry| (geometry.x, geometry.y))
    }

    fn say(&self, to: Handle, word: Atom, data: [u32; 5]) {
        let message = ClientMessageEvent::new(32, to, word, data);
        self.connection
            .send_event(false, to, EventMask::NO_EVENT, message)
            .expect("connected");
        self.connection.flush().expect("connected");
    }

    fn drop_uris(&self, uris: &str, x: i16, y: i16) {
        let source = self.connection.generate_id().expect("connected");
        let aux = CreateWindowAux::new();
        self.connection
            .create_window(
                0,
                source,
                self.root,
                -1,
                -1,
                1,
                1,
                0,
                WindowClass::INPUT_ONLY,
                0,
                &aux,
            )
            .and_then(|_| {
                self.connection
                    .set_selection_owner(source, self.words.XdndSelection, 0u32)
            })
            .expect("connected");

        let target = self.lotse();
        let (left, top) = self.place(target);
        let at = [left + x, top + y].map(|at| u32::from(at.unsigned_abs()));
        let position = [source, 0, at[0] << 16 | at[1], 0, self.words.XdndActionCopy];
        self.say(
            target,
            self.words.XdndEnter,
            [source, 5 << 24, self.words.UriList, 0, 0],
        );
        self.say(target, self.words.XdndPosition, position);
        self.serve(uris, "the window takes the drop", |word, data, asked| {
            let ready = data[1] & 1 == 1 && asked;
            if word == self.words.XdndStatus && !ready {
                // It asks for the list of files while it is being hovered over. Nobody lets go before it has it, and
                // a drop that came sooner would be one of nothing.
                self.say(target, self.words.XdndPosition, position);
            }
            word == self.words.XdndStatus && ready
        });
        self.say(target, self.words.XdndDrop, [source, 0, 0, 0, 0]);
        self.serve(uris, "the window has taken the drop", |word, _, _| {
            word == self.words.XdndFinished
        });
    }

    /// Answers whoever asks for the files until a message comes that `ends` it, which is told whether somebody has
    /// asked.
    fn serve(&self, uris: &str, claim: &str, ends: impl Fn(Atom, [u32; 5], bool) -> bool) {
        let start = Instant::now();
        let mut asked = false;
        loop {
            assert!(start.elapsed() < PATIENCE, "not after {PATIENCE:?}: {claim}");
            match self.connection.poll_for_event().expect("the X server answers") {
                Some(Event::SelectionRequest(request)) => {
                    self.hand_over(uris, &request);
                    asked = true;
                }
                Some(Event::ClientMessage(message)) => {
                    if ends(message.type_, message.data.as_data32(), asked) {
                        return;
                    }
                }
                Some(_) => {}
                None => std::thread::sleep(INTERVAL),
            }
        }
    }

    fn hand_over(&self, uris: &str, request: &SelectionRequestEvent) {
        let known = request.target == self.words.UriList;
        if known {
            self.connection
                .change_property8(
                    PropMode::REPLACE,
                    request.requestor,
                    request.property,
                    request.target,
                    uris.as_bytes(),
                )
                .expect("connected");
        }
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: if known { request.property } else { x11rb::NONE },
        };
        self.connection
            .send_event(false, request.requestor, EventMask::NO_EVENT, answer)
            .expect("connected");
        self.connection.flush().expect("connected");
    }
}
