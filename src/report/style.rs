//! How text for people is laid out: how wide, and in which colours.

use std::io::{IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Effects};

use super::trial::ColorSetting;

/// The width of a stream that is no terminal.
const USUAL_WIDTH: usize = 100;
/// Beyond which lines are hard to read.
const WIDEST: usize = 120;
const NARROWEST: usize = 40;

/// What a piece of text is, and so how it is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// A heading.
    Title,
    /// What is as it should be, or was expected.
    Good,
    /// What is not, or came instead.
    Bad,
    /// A warning.
    Warning,
    /// The part of a value that differs.
    Differs,
    /// What can be passed over.
    Faint,
}

/// Width and colours of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns.
    pub width: usize,
    /// Whether escape sequences may be written.
    pub color: bool,
    /// Whether a person looks on while it is written.
    pub is_terminal: bool,
}

impl Style {
    /// Without colours, for files and tests.
    pub fn plain(width: usize) -> Self {
        Self {
            width: width.clamp(NARROWEST, WIDEST),
            color: false,
            is_terminal: false,
        }
    }

    /// Of stderr: `--color` first, then `NO_COLOR`, then whether it is a terminal that knows colours.
    pub fn of_stderr(setting: Option<ColorSetting>) -> Self {
        let stderr = std::io::stderr();
        let measured = terminal_size::terminal_size_of(&stderr);
        Self::of(stderr.is_terminal(), measured, setting)
    }

    /// Of stdout, likewise.
    pub fn of_stdout(setting: Option<ColorSetting>) -> Self {
        let stdout = std::io::stdout();
        let measured = terminal_size::terminal_size_of(&stdout);
        Self::of(stdout.is_terminal(), measured, setting)
    }

    fn of(
        is_terminal: bool,
        measured: Option<(terminal_size::Width, terminal_size::Height)>,
        setting: Option<ColorSetting>,
    ) -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let color = match setting {
            Some(ColorSetting::Always) => true,
            Some(ColorSetting::Never) => false,
            Some(ColorSetting::Auto) | None => {
                is_terminal
                    && variable("NO_COLOR").is_none()
                    && variable("TERM").as_deref() != Some("dumb")
            }
        };
        let measured = measured
            .map(|(width, _)| usize::from(width.0))
            .filter(|width| *width > 0);
        let columns = || variable("COLUMNS").and_then(|text| text.parse().ok());
        Self {
            width: measured
                .or_else(columns)
                .unwrap_or(USUAL_WIDTH)
                .clamp(NARROWEST, WIDEST),
            color,
            is_terminal,
        }
    }

    /// `text` in a colour.
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let style = anstyle::Style::new();
        let style = match ink {
            Ink::Title => style.effects(Effects::BOLD),
            Ink::Good => style.fg_color(Some(AnsiColor::Green.into())),
            Ink::Bad => style.fg_color(Some(AnsiColor::Red.into())),
            Ink::Warning => style.fg_color(Some(AnsiColor::Yellow.into())),
            Ink::Differs => style.effects(Effects::BOLD | Effects::UNDERLINE),
            Ink::Faint => style.effects(Effects::DIMMED),
        };
        format!("{style}{text}{style:#}")
    }

    /// `text` in lines of the width, the first behind `first`, the others behind `others`. A word that is longer stays whole,
    /// so that it can be copied.
    pub fn wrap(&self, text: &str, first: &str, others: &str) -> String {
        let options = self.options(first, others).break_words(false);
        textwrap::fill(text, options) + "\n"
    }

    /// As [`Style::wrap`], with words broken that are longer than a line: of what is read and not copied.
    pub fn fold(&self, text: &str, indent: &str) -> String {
        textwrap::fill(text, self.options(indent, indent)) + "\n"
    }

    fn options<'a>(&self, first: &'a str, others: &'a str) -> textwrap::Options<'a> {
        textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(others)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
    }

    /// Writes to stderr; a reader that is gone is no error.
    pub fn print(&self, text: &str) {
        let choice = if self.color {
            anstream::ColorChoice::Always
        } else {
            anstream::ColorChoice::Never
        };
        let mut stderr = anstream::AutoStream::new(std::io::stderr(), choice).lock();
        let _ = stderr.write_all(text.as_bytes());
        let _ = stderr.flush();
    }
}
