//! Every legitimate registry passes: the clean mock in every way that a target file can declare a registry, and behind a front that
//! answers as other servers do.
//!
//! In the usual run each variation meets the cases that it is about and a sample of the others;
//! `cargo test --release --test variations -- --ignored` runs every case against every variation.

mod declared;
mod dialect;
mod dialects;
mod front;
mod judge;
mod missing;
mod setup;

/// A test of a slice and one of everything for each row.
macro_rules! variations {
    ($($name:ident => $variation:expr;)*) => {
        mod slice {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                crate::judge::slice(stringify!($name), $variation).await;
            })*
        }

        mod every_case {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "minutes of all cores; for a release build"]
            async fn $name() {
                crate::judge::every_case($variation).await;
            })*
        }
    };
}
pub(crate) use variations;
