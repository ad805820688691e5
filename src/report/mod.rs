//! Results in the forms that people and programs read.

mod explanation;
mod format;
mod html;
mod json;
mod junit;
mod model;
mod summary;
mod trial;

pub use explanation::explain;
pub use format::{ReportError, ReportFormat, ReportRequest, write_all};
pub use html::render as render_html;
pub use json::render as render_json;
pub use junit::render as render_junit;
pub use model::{Report, Run, Summary, schema};
pub use summary::{banner, client_banner, closing};
pub use trial::{ColorSetting, FormatSetting, TrialOptions, list, run_trials, run_without_output};
