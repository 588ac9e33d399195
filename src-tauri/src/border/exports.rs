//! Types of the rooms below that cross as they are.

use ts_rs::{Config, TS};

/// Writes each type, and every type in it, to `ui/src/bindings/`.
macro_rules! export {
    ($($name:ident: $type:ty,)+) => {$(
        #[test]
        fn $name() {
            <$type as TS>::export_all(&Config::from_env()).expect("the bindings can be written");
        }
    )+};
}

export! {
    job_snapshot: lotse_engine::jobs::JobSnapshot,
    fetched_mails: lotse_engine::workflows::FetchedMails,
    mail_query: lotse_engine::mailbox::MailQuery,
}
