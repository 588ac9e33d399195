//! Journeys through the real window.
//!
//! Few and whole: what a module can prove by itself is proved beside the module.

mod frame;
mod review;
mod table;
