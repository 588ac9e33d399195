//! The reference import server of Lotse: the executable form of the contract.
//!
//! [`Server::start`] runs it inside a process, [`practice::start`] with invented data for trying out; the binary
//! `lotse-server` is a command line around both. What the contract says about a lead is decided in `lotse_core`;
//! here is what only a server can know: who sends, what is there already, what was promised to whom.
//!
//! One way through the house: [`server`] takes connections, [`app`] has the routes, `access` knows the sender,
//! `migration` is the API, `store` the border to the database.

mod access;
mod accounts;
mod app;
mod body;
mod clock;
mod migration;
pub mod practice;
mod refusal;
mod request_log;
mod server;
mod stalled;
mod store;

pub use access::{NewKey, Role, TokenProblem, TokenSecret};
pub use accounts::{AccountProblem, Accounts};
pub use server::{Config, Server, StartProblem};
pub use store::sqlite::{DatabasePlace, OpenProblem};
pub use store::{ApiKey, StoreProblem, User};
