//! What the whole-way tests stand on. The tests themselves are in the folders beside this one.

pub mod programs;
pub mod window;
