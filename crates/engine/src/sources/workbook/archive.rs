//! Opens the archive that a workbook is, and hands out its members with a limit on what they may inflate to.
//!
//! Members are found by name inside the archive; nothing is ever unpacked to the disk, so names that point elsewhere
//! do no harm.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use zip::{ZipArchive, read::ZipFile};

use crate::sources::error::SourceError;

/// What one member may inflate to, in bytes. The largest sheet of a million rows and forty columns stays below it.
pub(crate) const MEMBER_LIMIT: u64 = 1536 << 20;
/// Members that an archive may have. A workbook of a thousand sheets has a few thousand.
const MOST_MEMBERS: usize = 100_000;

/// The archive of a workbook.
pub(crate) struct Archive {
    zip: ZipArchive<BufReader<File>>,
}

impl Archive {
    pub(crate) fn open(path: &Path) -> Result<Self, SourceError> {
        let name = crate::sources::file_name(path);
        let file = File::open(path).map_err(|error| crate::sources::unreadable(&name, &error))?;
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&name, &error))?;
        if zip.len() > MOST_MEMBERS {
            return Err(SourceError::Damaged {
                part: name,
                cause: format!("{} members", zip.len()),
            });
        }
        Ok(Archive { zip })
    }

    /// True for a file that begins as an archive does.
    pub(crate) fn begins(path: &Path) -> Result<bool, SourceError> {
        let name = crate::sources::file_name(path);
        let unreadable = |error: std::io::Error| crate::sources::unreadable(&name, &error);
        let mut head = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(2).read_to_end(&mut head).map_err(unreadable)?;
        Ok(head == b"PK")
    }

    /// Names of all members.
    pub(crate) fn names(&self) -> Vec<String> {
        self.zip
            .file_names()
            .filter_map(|name| name.ok().map(std::borrow::Cow::into_owned))
            .collect()
    }

    /// The size a member says it has when inflated.
    pub(crate) fn declared_size(&mut self, name: &str) -> Option<u64> {
        let name = self.real_name(name)?;
        self.zip.by_name(&name).ok().map(|member| member.size())
    }

    /// The name as it stands in the archive: some writers differ in case or use backslashes.
    fn real_name(&self, name: &str) -> Option<String> {
        let wanted = name.trim_start_matches('/');
        if self.zip.index_for_name(wanted).is_some() {
            return Some(wanted.to_owned());
        }
        let plain = |name: &str| name.replace('\\', "/").trim_start_matches('/').to_lowercase();
        let wanted = plain(wanted);
        self.names().into_iter().find(|name| plain(name) == wanted)
    }

    /// True when there is such a member.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.real_name(name).is_some()
    }

    /// The inflated content of a member as a stream; `None` when there is no such member.
    pub(crate) fn member(&mut self, name: &str) -> Result<Option<Member<'_>>, SourceError> {
        let Some(real) = self.real_name(name) else {
            return Ok(None);
        };
        let file = self.zip.by_name(&real).map_err(|error| {
            if matches!(&error, zip::result::ZipError::UnsupportedArchive(text) if text.to_lowercase().contains("password"))
            {
                SourceError::Encrypted
            } else {
                damaged(&real, &error)
            }
        })?;
        Ok(Some(BufReader::with_capacity(64 << 10, capped(file))))
    }

    /// The same, of a member that is no text with tags.
    pub(crate) fn binary_member(&mut self, name: &str) -> Result<Option<Member<'_>>, SourceError> {
        let member = self.member(name)?;
        Ok(member.map(|member| {
            let mut capped = member.into_inner();
            capped.tagged = false;
            BufReader::with_capacity(64 << 10, capped)
        }))
    }

    /// The whole content of a small member as text.
    pub(crate) fn text(&mut self, name: &str, most: u64) -> Result<Option<String>, SourceError> {
        let Some(member) = self.member(name)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        member
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| read_error(name, &error))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// A member being read.
pub(crate) type Member<'a> = BufReader<Capped<ZipFile<'a, BufReader<File>>>>;

/// Ends with an error when more than the limit comes out.
pub(crate) struct Capped<R> {
    inner: R,
    left: u64,
    /// Text with tags.
    tagged: bool,
    /// Bytes since the last tag began: a text has to fit into memory as a whole.
    untagged: u64,
}

/// A text with tags, with the limits of a member.
pub(crate) fn capped<R: Read>(inner: R) -> Capped<R> {
    Capped {
        inner,
        left: MEMBER_LIMIT,
        tagged: true,
        untagged: 0,
    }
}

/// Bytes that may come without a tag.
const MOST_UNTAGGED: u64 = 64 << 20;

const EXCEEDED: &str = "inflates past the limit";

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(length as u64);
        if self.tagged {
            self.untagged = match memchr::memrchr(b'<', &buffer[..length]) {
                Some(place) => (length - place) as u64,
                None => self.untagged + length as u64,
            };
        }
        if self.left == 0 || self.untagged > MOST_UNTAGGED {
            return Err(std::io::Error::other(EXCEEDED));
        }
        Ok(length)
    }
}

/// The error of a reader over a member.
pub(crate) fn read_error(part: &str, error: &std::io::Error) -> SourceError {
    if error.to_string().contains(EXCEEDED) {
        SourceError::TooLarge {
            part: part.to_owned(),
            limit: MEMBER_LIMIT,
        }
    } else {
        damaged(part, &error)
    }
}

/// An error that says where the file is damaged.
pub(crate) fn damaged(part: &str, cause: &dyn std::fmt::Display) -> SourceError {
    SourceError::Damaged {
        part: part.to_owned(),
        cause: cause.to_string(),
    }
}

/// Reads a member on a thread of its own and hands `work` what comes out, so that inflating and parsing go on at once.
pub(crate) fn inflated_ahead<T>(member: Member<'_>, work: impl FnOnce(Ahead) -> T) -> T {
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel(4);
        scope.spawn(move || {
            let mut inner = member.into_inner();
            loop {
                let mut piece = vec![0; PIECE];
                let mut filled = 0;
                let result = loop {
                    match inner.read(&mut piece[filled..]) {
                        Ok(0) => break Ok(()),
                        Ok(length) => filled += length,
                        Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                        Err(error) => break Err(error),
                    }
                    if filled == piece.len() {
                        break Ok(());
                    }
                };
                piece.truncate(filled);
                let ends = filled < PIECE;
                // An empty piece would be taken for the end; the other side hangs up when it has seen enough.
                if !piece.is_empty() && sender.send(Ok(piece)).is_err() {
                    return;
                }
                if let Err(error) = result {
                    let _ = sender.send(Err(error));
                    return;
                }
                if ends {
                    return;
                }
            }
        });
        work(Ahead {
            receiver,
            piece: Vec::new(),
            at: 0,
        })
    })
}

/// Bytes that travel at a time from the inflating to the parsing thread.
const PIECE: usize = 256 << 10;

/// What a thread inflates ahead.
pub(crate) struct Ahead {
    receiver: std::sync::mpsc::Receiver<std::io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Ahead {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.at >= self.piece.len() {
            self.at = 0;
            self.piece = match self.receiver.recv() {
                Ok(piece) => piece?,
                Err(_) => Vec::new(),
            };
        }
        Ok(&self.piece[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

/// True for any reader of a member.
pub(crate) trait Content: BufRead {}
impl<R: BufRead> Content for R {}
