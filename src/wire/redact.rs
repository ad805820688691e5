//! Puts the names of secrets in their place, in whatever form they stand.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard},
};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::credentials::Secret;

/// Fewer octets of base64 than this say too little about a secret, and would be found where none is.
const MIN_BASE64: usize = 6;
/// Octets of all forms of which an automaton with a row for each of its states, the quickest, takes no more than a few megabytes. Tokens of
/// some identity providers are so long that it would take hundreds.
const QUICK: usize = 16 * 1024;
/// What stands for everything where nobody can tell what is secret.
const UNKNOWN: &str = "SECRET";
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
    known: Arc<RwLock<Arc<Known>>>,
}

#[derive(Clone, Default)]
struct Known {
    /// Form to label; none for what is public although a secret is part of it.
    forms: BTreeMap<Vec<u8>, Option<String>>,
    /// Octets of the longest form.
    longest: usize,
    /// All forms, made when first needed after the last addition.
    pattern: OnceLock<Option<Pattern>>,
}

/// Finds all forms at once.
#[derive(Clone)]
struct Pattern {
    /// None if it could not be made: then everything is secret.
    finder: Option<AhoCorasick>,
    /// The labels of the forms, in their order.
    labels: Vec<Option<String>>,
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
        let known = Arc::clone(&self.known());
        // Made here, it is made once for all that know no more, and may take time to be quick.
        known
            .pattern
            .get_or_init(|| known.pattern_of(known.quickest()));
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
        self.learn(|known| {
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
        });
    }

    /// Learns one more secret. An empty one is nothing that could be hidden.
    pub fn add(&self, secret: &Secret) {
        let value = secret.expose();
        if value.is_empty() {
            return;
        }
        let form = value.to_ascii_lowercase();
        if self.known().forms.get(form.as_bytes()) == Some(&Some(secret.label().to_owned())) {
            return;
        }
        self.learn(|known| {
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
        });
    }

    /// No clone of what is known: all cases share that, and cores would take its count from each other at each text.
    fn known(&self) -> RwLockReadGuard<'_, Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, addition: impl FnOnce(&mut Known)) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = Arc::make_mut(&mut known);
        addition(known);
        known.pattern = OnceLock::new();
    }

    /// The parts of `octets` between and in place of secrets.
    pub fn segments<'a>(&self, octets: &'a [u8]) -> Vec<Segment<'a>> {
        let known = self.known();
        let mut segments = Vec::new();
        let mut end = 0;
        for (range, label) in known.find(octets) {
            if range.start > end {
                segments.push(Segment::Plain(&octets[end..range.start]));
            }
            segments.push(Segment::Secret(label.to_owned()));
            end = range.end;
        }
        if end < octets.len() || segments.is_empty() {
            segments.push(Segment::Plain(&octets[end..]));
        }
        segments
    }

    /// Whether `octets` hold a secret whose label begins with `prefix`.
    pub fn finds(&self, octets: &[u8], prefix: &str) -> bool {
        self.known()
            .find(octets)
            .any(|(_, label)| label.starts_with(prefix))
    }

    /// `octets` with `$LABEL` in place of each secret.
    pub fn bytes<'a>(&self, octets: &'a [u8]) -> Cow<'a, [u8]> {
        replaced(octets, self.known().find(octets))
    }

    /// The first `octets` of a body of `length` with `$LABEL` in place of each secret, and how many octets of the body are not among them:
    /// those that follow, and as many before as may be the beginning of a secret.
    pub(super) fn head<'a>(&self, octets: &'a [u8], length: usize) -> (Cow<'a, [u8]>, usize) {
        let beyond = length.saturating_sub(octets.len());
        if beyond == 0 {
            return (self.bytes(octets), 0);
        }
        let known = self.known();
        let found: Vec<_> = known.find(octets).collect();
        let end = found.last().map_or(0, |(range, _)| range.end);
        let kept = octets.len().saturating_sub(known.longest).max(end);
        let left_out = beyond + octets.len() - kept;
        (replaced(&octets[..kept], found), left_out)
    }

    /// Octets of the longest form of a secret.
    pub(super) fn longest(&self) -> usize {
        self.known().longest
    }

    /// `text` with `$LABEL` in place of each secret.
    pub fn text(&self, text: &str) -> String {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => text.to_owned(),
            Cow::Owned(redacted) => String::from_utf8_lossy(&redacted).into_owned(),
        }
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
}

impl Known {
    /// Where secrets stand, and their labels.
    fn find<'a>(&'a self, octets: &'a [u8]) -> impl Iterator<Item = (Range<usize>, &'a str)> {
        let pattern = self
            .pattern
            .get_or_init(|| self.pattern_of(AhoCorasickKind::ContiguousNFA));
        pattern.iter().flat_map(move |pattern| pattern.find(octets))
    }

    /// The quickest kind of automaton that takes no more memory than is reasonable.
    fn quickest(&self) -> AhoCorasickKind {
        let octets: usize = self.forms.keys().map(Vec::len).sum();
        if octets <= QUICK {
            AhoCorasickKind::DFA
        } else {
            AhoCorasickKind::ContiguousNFA
        }
    }

    fn pattern_of(&self, kind: AhoCorasickKind) -> Option<Pattern> {
        if self.forms.is_empty() {
            return None;
        }
        // Of forms that begin at the same place the longest counts, or its rest would show.
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .kind(Some(kind))
            .build(self.forms.keys())
            .ok();
        Some(Pattern {
            finder,
            labels: self.forms.values().cloned().collect(),
        })
    }
}

impl Pattern {
    fn find<'a>(&'a self, octets: &'a [u8]) -> impl Iterator<Item = (Range<usize>, &'a str)> {
        let found = self.finder.iter().flat_map(move |finder| {
            finder.find_iter(octets).filter_map(|found| {
                let label = self.labels.get(found.pattern().as_usize())?.as_deref()?;
                Some((found.range(), label))
            })
        });
        let is_blind = self.finder.is_none() && !octets.is_empty();
        found.chain(is_blind.then_some((0..octets.len(), UNKNOWN)))
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

/// `octets` with `$LABEL` in the place of what was found in them.
fn replaced<'a, 'b>(
    octets: &'a [u8],
    found: impl IntoIterator<Item = (Range<usize>, &'b str)>,
) -> Cow<'a, [u8]> {
    let mut found = found.into_iter().peekable();
    if found.peek().is_none() {
        return Cow::Borrowed(octets);
    }
    let mut redacted = Vec::with_capacity(octets.len());
    let mut end = 0;
    for (range, label) in found {
        redacted.extend_from_slice(&octets[end..range.start]);
        redacted.push(b'$');
        redacted.extend_from_slice(label.as_bytes());
        end = range.end;
    }
    redacted.extend_from_slice(&octets[end..]);
    Cow::Owned(redacted)
}

/// `value` as it is, percent-encoded, inside a JSON string, and octet by octet.
fn plain_forms(value: &str) -> Vec<String> {
    let percent = utf8_percent_encode(value, UNRESERVED).to_string();
    let quoted = Value::from(value).to_string();
    let within_quotes = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    // As those write it who let no sign through that is neither a letter nor a digit, or not all of them.
    let escaped = |is: fn(char) -> bool| {
        let escape = |sign: char| match sign {
            sign if sign.is_ascii() && is(sign) => format!("\\u{:04x}", u32::from(sign)),
            sign => sign.to_string(),
        };
        value.chars().map(escape).collect::<String>()
    };
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
        within_quotes.replace('/', "\\/"),
        escaped(|sign| !sign.is_ascii_alphanumeric()),
        // JSON libraries that keep texts from being taken for HTML.
        escaped(|sign| "<>&'=".contains(sign)),
        escaped(|sign| "<>&'+\"`".contains(sign)),
        value.replace('/', "%2F"),
        percent.replace('%', "%25"),
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

#[cfg(test)]
mod tests {
    use super::{Pattern, Redactor, UNKNOWN};
    use crate::credentials::Secret;

    #[test]
    fn without_an_automaton_everything_is_secret() {
        let blind = Pattern {
            finder: None,
            labels: Vec::new(),
        };
        let found: Vec<_> = blind.find(b"whatever").collect();
        assert_eq!(found, [(0..8, UNKNOWN)]);
        assert_eq!(blind.find(b"").count(), 0);
    }

    #[test]
    fn long_tokens_take_no_quicker_automaton_than_they_may() {
        for length in [20, 4000] {
            let token: String = ('a'..='z').cycle().take(length).collect();
            let redactor = Redactor::new([Secret::new("TOKEN", token.clone())]).scoped();
            let known = redactor.known();
            let pattern = known.pattern.get().and_then(Option::as_ref);
            let finder = pattern.and_then(|pattern| pattern.finder.as_ref());
            let memory = finder.expect("an automaton").memory_usage();
            assert!(memory < 16 << 20, "{length}: {memory}");
            drop(known);
            assert_eq!(redactor.text(&format!("a {token} b")), "a $TOKEN b");
        }
    }
}
