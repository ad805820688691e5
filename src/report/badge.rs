//! A badge, as SVG and as the JSON of a shields endpoint.

use askama::Template;
use serde_json::json;

use super::answer::Answer;
use super::interruption::Interruption;
use super::model::Summary;

const LABEL: &str = "publish api";

/// Of a badge: what it says and in which colour.
struct Says {
    message: String,
    color: &'static str,
    hex: &'static str,
    is_error: bool,
}

fn says(summary: &Summary, interrupted: Option<&Interruption>, strict: bool) -> Says {
    let answer = Answer::of(summary, strict).after(interrupted);
    let (message, color, hex, is_error) = match answer {
        Answer::Conforms => ("conforms".to_owned(), "brightgreen", "#2b8a3e", false),
        Answer::ConformsWithWarnings => {
            let plural = if summary.warn == 1 { "" } else { "s" };
            let message = format!("conforms, {} warning{plural}", summary.warn);
            (message, "green", "#5c7a1f", false)
        }
        Answer::ConformsButForKnownFailures => {
            let message = format!("{} known failing", summary.known_failure);
            (message, "yellow", "#8a6d00", false)
        }
        Answer::DoesNotConform => {
            let failing =
                summary.fail + summary.unexpected_pass + if strict { summary.warn } else { 0 };
            let so_far = if interrupted.is_some() {
                ", interrupted"
            } else {
                ""
            };
            let message = format!("{failing} failing{so_far}");
            (message, "red", "#c92a2a", true)
        }
        Answer::Errors => {
            let plural = if summary.error == 1 { "" } else { "s" };
            let message = format!("{} error{plural}", summary.error);
            (message, "lightgrey", "#5f6368", true)
        }
        Answer::NothingRan => ("not judged".to_owned(), "lightgrey", "#5f6368", true),
        Answer::Interrupted => ("interrupted".to_owned(), "lightgrey", "#5f6368", true),
    };
    Says {
        message,
        color,
        hex,
        is_error,
    }
}

/// The JSON that a shields endpoint badge is made of.
pub fn render_shields(
    summary: &Summary,
    interrupted: Option<&Interruption>,
    strict: bool,
) -> String {
    let says = says(summary, interrupted, strict);
    let mut badge = json!({
        "schemaVersion": 1,
        "label": LABEL,
        "message": says.message,
        "color": says.color,
    });
    if says.is_error {
        badge["isError"] = true.into();
    }
    format!("{badge:#}\n")
}

#[derive(Template)]
#[template(path = "badge.svg")]
struct Badge<'a> {
    label: &'a str,
    message: &'a str,
    fill: &'a str,
    label_width: usize,
    message_width: usize,
}

impl Badge<'_> {
    fn width(&self) -> usize {
        self.label_width + self.message_width
    }

    /// Middle of the label, in tenths of a pixel.
    fn label_middle(&self) -> usize {
        self.label_width * 5
    }

    fn message_middle(&self) -> usize {
        self.label_width * 10 + self.message_width * 5
    }

    fn label_length(&self) -> usize {
        (self.label_width - PADDING) * 10
    }

    fn message_length(&self) -> usize {
        (self.message_width - PADDING) * 10
    }
}

/// Left and right of a text together, in pixels.
const PADDING: usize = 10;

/// Renders the badge.
pub fn render_badge(
    summary: &Summary,
    interrupted: Option<&Interruption>,
    strict: bool,
) -> Result<String, askama::Error> {
    let says = says(summary, interrupted, strict);
    Badge {
        label: LABEL,
        message: &says.message,
        fill: says.hex,
        label_width: text_width(LABEL) + PADDING,
        message_width: text_width(&says.message) + PADDING,
    }
    .render()
}

/// About the width of a text in Verdana at 11 pixels; `textLength` makes it so in other fonts.
fn text_width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|character| match character {
            'i' | 'l' | 'j' | 'I' | '.' | ',' | ' ' | '1' => 42,
            'f' | 't' | 'r' => 46,
            'm' | 'w' | 'M' | 'W' => 103,
            _ => 68,
        })
        .sum();
    tenths.div_ceil(10)
}
