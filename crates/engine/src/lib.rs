//! Everything of Lotse that touches the world: files, the project, mailboxes, servers, credentials, and the workflows
//! that lead through them. Knows no window: the desktop shell and the command line are both thin users of this crate.

pub mod clock;
pub mod connections;
pub mod credentials;
pub mod example;
pub mod imported_leads;
pub mod jobs;
pub mod mailbox;
pub mod mapping_history;
mod packing;
pub mod places;
pub mod project;
pub mod recent;
pub mod server;
pub mod sources;
pub mod system_reason;
pub mod templates;
pub mod whole_file;
pub mod workflows;
