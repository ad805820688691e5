//! Puts the names of secrets in their place, in whatever form they stand.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::credentials::Secret;

/// Fewer octets of base64 than this say too little about a secret, and would be found where none is.
const MIN_BASE64: usize = 6;
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A part of a text, after redaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Octets that hold no secret.
    Plain(&'a [u8]),
    /// Where a secret stood; the name that stands for it, without the `$`.
    Secret(String),
}

/// Knows secrets and finds them: as they are, percent-encoded, inside a JSON string, and inside base64 (as in
/// `Authorization: Basic`, whatever stands before or after). Base64 forms are named `LABEL_BASE64`.
///
/// Clones share what they know; [`Redactor::scoped`] makes one that learns for itself.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Known>>,
}

#[derive(Clone, Default)]
struct Known {
    /// Form to label; none for what is public although a secret is part of it.
    forms: BTreeMap<Vec<u8>, Option<String>>,
    /// Octets of the longest form.
    longest: usize,
    /// All forms, made when first needed after the last addition.
    pattern: Option<AhoCorasick>,
}

impl Redactor {
    /// A redactor that knows `secrets`.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let redactor = Self::default();
        for secret in secrets {
            redactor.add(&secret);
        }
        redactor
    }

    /// A redactor that knows the same and learns on its own: for one case, whose secrets no other has.
    #[must_use]
    pub fn scoped(&self) -> Self {
        // Made here, it is made once for all that know no more.
        let _ = self.pattern();
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Self {
            known: Arc::new(RwLock::new(known)),
        }
    }

    /// Learns a text that is public although a secret may be part of it, as the namespace
    /// `conformance-owner.test` is with the test token `conformance-owner`. What is wholly secret stays so.
    pub fn add_public(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let forms = plain_forms(text)
            .into_iter()
            .chain(base64_forms(text.as_bytes()));
        for form in forms {
            known.longest = known.longest.max(form.len());
            known
                .forms
                .entry(form.to_ascii_lowercase().into_bytes())
                .or_insert(None);
        }
        known.pattern = None;
    }

    /// Learns one more secret. An empty one is nothing that could be hidden.
    pub fn add(&self, secret: &Secret) {
        let value = secret.expose();
        if value.is_empty() {
            return;
        }
        let is_known = |known: &Known| {
            known.forms.get(value.to_ascii_lowercase().as_bytes())
                == Some(&Some(secret.label().to_owned()))
        };
        if is_known(&self.known.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut learn = |form: String, label: String| {
            known.longest = known.longest.max(form.len());
            // Case is folded: header names come in lower case, escapes and hexadecimal in either.
            known
                .forms
                .insert(form.to_ascii_lowercase().into_bytes(), Some(label));
        };
        for form in plain_forms(value) {
            learn(form, secret.label().to_owned());
        }
        for form in base64_forms(value.as_bytes()) {
            learn(form, format!("{}_BASE64", secret.label()));
        }
        known.pattern = None;
    }

    /// The parts of `octets` between and in place of secrets.
    pub fn segments<'a>(&self, octets: &'a [u8]) -> Vec<Segment<'a>> {
        let Some(pattern) = self.pattern() else {
            return vec![Segment::Plain(octets)];
        };
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut segments = Vec::new();
        let mut end = 0;
        for found in pattern.find_iter(octets) {
            let folded = octets[found.range()].to_ascii_lowercase();
            let Some(Some(label)) = known.forms.get(&folded) else {
                continue;
            };
            if found.start() > end {
                segments.push(Segment::Plain(&octets[end..found.start()]));
            }
            segments.push(Segment::Secret(label.clone()));
            end = found.end();
        }
        if end < octets.len() || segments.is_empty() {
            segments.push(Segment::Plain(&octets[end..]));
        }
        segments
    }

    /// Whether `octets` hold a secret whose label begins with `prefix`.
    pub fn finds(&self, octets: &[u8], prefix: &str) -> bool {
        self.segments(octets)
            .iter()
            .any(|segment| matches!(segment, Segment::Secret(label) if label.starts_with(prefix)))
    }

    /// `octets` with `$LABEL` in place of each secret.
    pub fn bytes(&self, octets: &[u8]) -> Vec<u8> {
        joined(&self.segments(octets))
    }

    /// The first `octets` of a body of `length` with `$LABEL` in place of each secret, and how many octets of the body are not among them:
    /// those that follow, and as many before as may be the beginning of a secret.
    pub(super) fn head(&self, octets: &[u8], length: usize) -> (Vec<u8>, usize) {
        let mut segments = self.segments(octets);
        let mut beyond = length.saturating_sub(octets.len());
        if beyond > 0
            && let Some(Segment::Plain(plain)) = segments.last_mut()
        {
            let kept = plain.len().saturating_sub(self.longest());
            beyond += plain.len() - kept;
            *plain = &plain[..kept];
        }
        (joined(&segments), beyond)
    }

    /// Octets of the longest form of a secret.
    pub(super) fn longest(&self) -> usize {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.longest
    }

    /// `text` with `$LABEL` in place of each secret.
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// `value` with `$LABEL` in place of each secret, in member names too.
    pub fn json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| (self.text(name), self.json(value)))
                    .collect::<Map<_, _>>(),
            ),
            other => other.clone(),
        }
    }

    fn pattern(&self) -> Option<AhoCorasick> {
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if known.pattern.is_some() || known.forms.is_empty() {
                return known.pattern.clone();
            }
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Of forms that begin at the same place the longest counts, or its rest would show.
        known.pattern = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(known.forms.keys())
            .ok();
        known.pattern.clone()
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

fn joined(segments: &[Segment<'_>]) -> Vec<u8> {
    let mut redacted = Vec::new();
    for segment in segments {
        match segment {
            Segment::Plain(plain) => redacted.extend_from_slice(plain),
            Segment::Secret(label) => {
                redacted.push(b'$');
                redacted.extend_from_slice(label.as_bytes());
            }
        }
    }
    redacted
}

/// `value` as it is, percent-encoded, inside a JSON string, and octet by octet.
fn plain_forms(value: &str) -> Vec<String> {
    let percent = utf8_percent_encode(value, UNRESERVED).to_string();
    let quoted = Value::from(value).to_string();
    let within_quotes = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let each = |prefix: &str| {
        let octets: Vec<String> = value
            .bytes()
            .map(|octet| format!("{prefix}{octet:02x}"))
            .collect();
        octets.concat()
    };
    vec![
        value.to_owned(),
        lower_escapes(&percent),
        percent.replace("%20", "+"),
        // As in a URL's userinfo, where fewer characters are encoded.
        utf8_percent_encode(value, percent_encoding::CONTROLS).to_string(),
        within_quotes.to_owned(),
        each(""),
        each("%"),
        each("\\u00"),
        each("\\x"),
        percent,
        // As some encode it, who leave letters and digits alone.
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
    ]
}

/// `%2F` as `%2f`.
fn lower_escapes(percent_encoded: &str) -> String {
    let mut lowered = String::with_capacity(percent_encoded.len());
    let mut escape = 0;
    for character in percent_encoded.chars() {
        if escape > 0 {
            escape -= 1;
            lowered.push(character.to_ascii_lowercase());
        } else {
            if character == '%' {
                escape = 2;
            }
            lowered.push(character);
        }
    }
    lowered
}

/// The base64 of `value` as it shows inside that of a longer text: at each of the three offsets, without the
/// characters at either end that neighbours have a part in.
fn base64_forms(value: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        let whole = engine.encode(value);
        if whole.len() >= MIN_BASE64 {
            forms.push(whole);
        }
        for offset in 0..3_usize {
            let shifted = engine.encode([&[0; 2][..offset.min(2)], value].concat());
            // Characters that hold a bit of the padding before or of what follows.
            let start = (offset * 8).div_ceil(6);
            let end = (offset + value.len()) * 8 / 6;
            if let Some(form) = shifted
                .get(start..end)
                .filter(|form| form.len() >= MIN_BASE64)
            {
                forms.push(form.to_owned());
            }
        }
    }
    forms.sort();
    forms.dedup();
    forms
}
