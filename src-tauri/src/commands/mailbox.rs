//! The mailbox: mails, what was read in them, and taking them into the project.
