//! Exchanges for people and reports, always through a [`Redactor`](super::Redactor).

mod body;
mod curl;
mod line;
mod report;
mod shell;
mod text;
mod visible;

pub use body::BodyLimit;
pub use curl::curl;
pub use report::{ReportedExchange, to_report};
pub use text::http_text;
pub use visible::visible;
