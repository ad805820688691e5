//! The JSON report.

use super::model::Report;

/// Renders a report as JSON text.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}
