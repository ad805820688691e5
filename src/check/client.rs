//! What a client did: how it ended, what it said, and what it left.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::case::client::ClientExit;
use crate::case::content_spec::Contents;
use crate::case::expectation::Expectation;
use crate::content::{Content, TAR_MEDIA_TYPE};
use crate::outcome::{Level, Mismatch};

/// Stands in the place of the name of a content: nothing may be there.
pub const ABSENT: &str = "absent";
/// Characters of what a client said that stand in a mismatch.
const SHOWN: usize = 300;

/// How a client ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientEnding {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal that was not the suite's.
    Signalled,
    /// The suite killed it, since its time was over.
    Killed,
}

/// What stands where a fetch was to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Nothing.
    Absent,
    /// A file.
    File(Vec<u8>),
    /// A folder: paths and bytes of the files in it.
    Folder(BTreeMap<Vec<u8>, Vec<u8>>),
    /// Something that can not be judged: too large, a link, unreadable.
    Other(String),
}

/// What became of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientEnd {
    /// How it ended.
    pub ending: ClientEnding,
    /// The beginning of its stdout.
    pub stdout: Vec<u8>,
    /// The beginning of its stderr.
    pub stderr: Vec<u8>,
    /// How long it took.
    pub took: Duration,
    /// What a fetch has left.
    pub output: Output,
}

impl ClientEnd {
    /// In words, with the last that it said.
    pub fn describe(&self) -> String {
        let ending = match self.ending {
            ClientEnding::Exited(code) => format!("exit {code}"),
            ClientEnding::Signalled => "ended by a signal".to_owned(),
            ClientEnding::Killed => format!("still running after {:.1} s", self.took.as_secs_f64()),
        };
        let said = if self.stderr.is_empty() {
            &self.stdout
        } else {
            &self.stderr
        };
        let said = String::from_utf8_lossy(said);
        match said.trim_end().lines().last() {
            Some(line) if !line.is_empty() => {
                let line: String = line.chars().take(SHOWN).collect();
                format!("{ending}: {line}")
            }
            _ => format!("{ending} without a word"),
        }
    }

    /// Whether it said that all went well.
    pub fn is_done(&self) -> bool {
        self.ending == ClientEnding::Exited(0)
    }

    fn says(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        [&self.stderr, &self.stdout]
            .into_iter()
            .any(|said| String::from_utf8_lossy(said).to_lowercase().contains(&text))
    }
}

/// Judges.
pub fn check(
    end: &ClientEnd,
    expectation: &Expectation,
    contents: &Contents,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if let Some(exit) = expectation.exit
        && !fits(end.ending, exit)
    {
        let expected = match exit {
            ClientExit::Done => "exit 0",
            ClientExit::Failed => "an exit other than 0, in time",
            ClientExit::Any => "an end in time",
        };
        found.push(
            Mismatch::new(rule, level, "how the client ended").beside(expected, end.describe()),
        );
    }
    if let Some(texts) = &expectation.shows
        && !texts.as_slice().iter().any(|text| end.says(text))
    {
        found.push(Mismatch::new(rule, level, "what the client said").beside(
            format!("a mention of {}", texts.as_slice().join(" or ")),
            end.describe(),
        ));
    }
    for text in expectation.conceals.iter().flatten() {
        if !text.is_empty() && end.says(text) {
            found.push(Mismatch::new(
                rule,
                level,
                "the client shows what it must conceal",
            ));
        }
    }
    if let Some(most) = expectation.took
        && end.took.as_secs_f64() > most
    {
        found.push(
            Mismatch::new(rule, level, "how long the client took").beside(
                format!("{most} s at most"),
                format!("{:.1} s", end.took.as_secs_f64()),
            ),
        );
    }
    if let Some(expected) = &expectation.output {
        found.extend(output(&end.output, expected, contents, rule, level));
    }
    found
}

fn fits(ending: ClientEnding, exit: ClientExit) -> bool {
    match (exit, ending) {
        (ClientExit::Done, ClientEnding::Exited(code)) => code == 0,
        (ClientExit::Failed, ClientEnding::Exited(code)) => code != 0,
        (ClientExit::Any, ClientEnding::Exited(_)) => true,
        (_, ClientEnding::Signalled | ClientEnding::Killed) => false,
    }
}

fn output(
    output: &Output,
    expected: &str,
    contents: &Contents,
    rule: Option<&str>,
    level: Level,
) -> Option<Mismatch> {
    let what = "what the client left as its output";
    let actual = match output {
        Output::Absent => "nothing".to_owned(),
        Output::File(bytes) => format!("a file of {} other octets", bytes.len()),
        Output::Folder(files) => format!("a folder with {} files: {}", files.len(), names(files)),
        Output::Other(what) => what.clone(),
    };
    let wanted = match expected {
        ABSENT if *output == Output::Absent => return None,
        ABSENT => "nothing".to_owned(),
        name => {
            let content = contents.get(name)?;
            if is_content(output, content) {
                return None;
            }
            if content.media_type == TAR_MEDIA_TYPE {
                format!(
                    "a folder with the {} entries of `{name}`",
                    content.entries.len()
                )
            } else {
                format!("a file with the {} octets of `{name}`", content.body.len())
            }
        }
    };
    Some(Mismatch::new(rule, level, what).beside(wanted, actual))
}

fn is_content(output: &Output, content: &Content) -> bool {
    match output {
        Output::File(bytes) => content.media_type != TAR_MEDIA_TYPE && content.body == *bytes,
        Output::Folder(files) => {
            content.media_type == TAR_MEDIA_TYPE
                && content.entries.len() == files.len()
                && content.entries.iter().all(|entry| {
                    files
                        .get(&entry.path)
                        .is_some_and(|bytes| entry.bytes == *bytes)
                })
        }
        Output::Absent | Output::Other(_) => false,
    }
}

fn names(files: &BTreeMap<Vec<u8>, Vec<u8>>) -> String {
    let names: Vec<String> = files
        .keys()
        .take(8)
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .collect();
    names.join(", ")
}
