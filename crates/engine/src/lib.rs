//! Everything of Lotse that touches the world: files, the project, mailboxes, servers, credentials, and the workflows
//! that lead through them. Knows no window: the desktop shell and the command line are both thin users of this crate.

pub mod credentials;
pub mod mailbox;
