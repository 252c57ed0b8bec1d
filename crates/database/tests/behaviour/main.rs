//! The behaviour that both databases show: every test runs on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod changes;
mod custody;
mod fixture;
mod grants;
mod headers;
mod jobs;
mod names;
mod pages;
mod postgres;
mod registry;
mod search;
mod seen;
mod shown;
mod timing;
mod upkeep;
mod versions;
mod webhooks;
mod worklist;

/// Runs an async test body on both databases.
macro_rules! on_both {
    ($($(#[$meta:meta])* $name:ident),* $(,)?) => {
        mod on_sqlite {
            $(
                $(#[$meta])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::fixture::House::sqlite().await).await;
                }
            )*
        }
        mod on_postgres {
            $(
                $(#[$meta])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    if let Some(house) = crate::fixture::House::postgres().await {
                        super::$name(house).await;
                    }
                }
            )*
        }
    };
}
pub(crate) use on_both;
