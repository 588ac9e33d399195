//! Journeys through the real window.
//!
//! Few and whole: what a module can prove by itself is proved beside the module.

mod demo;
mod duplicates;
mod frame;
mod keyboard;
mod mailbox;
mod mapping;
mod push;
mod review;
mod screens;
mod sources;
mod table;
mod walk;
mod workbench;
