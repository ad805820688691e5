//! Contents as case files say them, and how they are made.

use std::str::FromStr;

use bytes::Bytes;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::action::{BodySpec, Count};
use crate::content::{
    self, Archive, ArchiveError, COMPONENT_PATH, ComponentSizeError, Content, Entry, Format,
    Harmless, Hostile, Member, MemberKind, Mutation, MutationError, SeededBytes,
};
use crate::target::Size;

/// A content: what a digest commits to, and how it travels. Seeded by its name and the seed of the run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ContentSpec {
    /// A valid component: `seeded` (about 1 KiB), `empty`, or of an exact size.
    Component(ComponentSpec),
    /// So many octets that are no WebAssembly.
    Random(Count),
    /// So many octets of words.
    Text(Count),
    /// A page such as a captive portal shows.
    HtmlPage {},
    /// WebAssembly, but a core module and no component.
    CoreModule {},
    /// These octets.
    Octets(BodySpec),
    /// A tar archive of these entries.
    Entries(EntriesSpec),
    /// A tar archive with one thing that must be refused.
    Hostile(HostileSpec),
    /// A tar archive with one thing that is unusual and allowed.
    Harmless(HarmlessSpec),
    /// Another content with one change.
    Mutation(MutationSpec),
    /// The first octets of another content's body; the digest stays that of the whole.
    Truncated(TruncatedSpec),
}

/// Which component.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentSpec {
    /// About 1 KiB.
    Seeded,
    /// The eight octets of the profile's known answer.
    Empty,
    /// Exactly so many octets, as `{size: 64 KiB}`.
    #[serde(untagged)]
    Sized {
        /// Octets.
        size: Count,
    },
}

/// Entries of an archive.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EntriesSpec {
    /// Path and content, in the order of the archive. `component.wasm` is made unless it is given; `null` leaves it out.
    pub files: IndexMap<String, Option<BodySpec>>,
    /// Path and target of links, which stand before the files. They are no entries; what is right refuses them.
    #[serde(default)]
    pub links: IndexMap<String, LinkSpec>,
    /// How long paths are said.
    #[serde(default)]
    pub format: Format,
}

/// A link in an archive.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkSpec {
    /// A symbolic link to this path, which counts from where the link is.
    Symbolic(String),
    /// A hard link to this path, which counts from where the archive is unpacked.
    Hard(String),
}

/// A hostile archive.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostileSpec {
    /// What is wrong.
    pub archive: Hostile,
    /// The archive's format, where the trouble can be said in it.
    #[serde(default)]
    pub format: Format,
}

/// An unusual archive.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HarmlessSpec {
    /// What is unusual.
    pub archive: Harmless,
    /// The archive's format, where the oddity can be said in it.
    #[serde(default)]
    pub format: Format,
}

/// A changed content.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MutationSpec {
    /// The content that is changed; it stands before this one.
    pub of: String,
    /// The change.
    pub change: Mutation,
}

/// A shortened content.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TruncatedSpec {
    /// The content that is shortened; it stands before this one.
    pub of: String,
    /// Octets that are left.
    pub to: Count,
}

/// Why octets or a content can not be made as a case says.
#[derive(Debug, Error)]
pub enum ContentSpecError {
    /// Not a number.
    #[error(
        "failed to read {0:?} as a number; write 12, `64 KiB`, or one of them with `+ 1` or `- 1` behind it"
    )]
    Count(String),
    /// Not hexadecimal.
    #[error("failed to read {0:?} as hexadecimal")]
    Hex(String),
    /// No such content.
    #[error("failed to find the content {0:?}; it has to stand in `given`, before what uses it")]
    Unknown(String),
    /// Beyond what a case may ask for.
    #[error("failed to make {0} octets: a case may ask for 1 GiB at most")]
    TooLarge(u64),
    /// No such component.
    #[error(transparent)]
    Component(#[from] ComponentSizeError),
    /// No such archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// No such change.
    #[error(transparent)]
    Mutation(#[from] MutationError),
}

/// Octets of a component of no particular size.
pub(super) const SEEDED_COMPONENT_SIZE: usize = 1000;
const LARGEST: u64 = 1 << 30;

impl Count {
    /// The number.
    pub fn value(&self) -> Result<u64, ContentSpecError> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Text(text) => {
                let bad = || ContentSpecError::Count(text.clone());
                let part = |part: &str| {
                    Size::from_str(part.trim())
                        .map(|size| size.0)
                        .map_err(|_| bad())
                };
                if let Some((left, right)) = text.split_once('+') {
                    part(left)?.checked_add(part(right)?).ok_or_else(bad)
                } else if let Some((left, right)) = text.split_once('-') {
                    part(left)?.checked_sub(part(right)?).ok_or_else(bad)
                } else {
                    part(text)
                }
            }
        }
    }

    /// The number as a length in memory.
    pub fn length(&self) -> Result<usize, ContentSpecError> {
        let value = self.value()?;
        if value > LARGEST {
            return Err(ContentSpecError::TooLarge(value));
        }
        usize::try_from(value).map_err(|_| ContentSpecError::TooLarge(value))
    }
}

/// The contents of a case by name.
pub type Contents = IndexMap<String, Content>;

impl BodySpec {
    /// The octets.
    pub fn bytes(&self, contents: &Contents) -> Result<Bytes, ContentSpecError> {
        Ok(match self {
            Self::Text(text) => Bytes::from(text.clone()),
            Self::Json(value) => Bytes::from(value.to_string()),
            Self::Hex(text) => {
                let digits: String = text.split_whitespace().collect();
                Bytes::from(hex::decode(&digits).map_err(|_| ContentSpecError::Hex(text.clone()))?)
            }
            Self::Content(name) => contents
                .get(name)
                .ok_or_else(|| ContentSpecError::Unknown(name.clone()))?
                .body
                .clone(),
            Self::Repeat(repeat) => {
                let times = repeat.times.length()?;
                let length = times.saturating_mul(repeat.text.len());
                if length as u64 > LARGEST {
                    return Err(ContentSpecError::TooLarge(length as u64));
                }
                let mut body =
                    Vec::with_capacity(repeat.prefix.len() + length + repeat.suffix.len());
                body.extend_from_slice(repeat.prefix.as_bytes());
                body.extend(repeat.text.as_bytes().iter().cycle().take(length));
                body.extend_from_slice(repeat.suffix.as_bytes());
                Bytes::from(body)
            }
            Self::Concat(parts) => {
                let mut whole = Vec::new();
                for part in parts {
                    whole.extend_from_slice(&part.bytes(contents)?);
                }
                Bytes::from(whole)
            }
        })
    }
}

impl ContentSpec {
    /// Makes the content; `stream` is its own for each name, case and seed.
    pub fn make(
        &self,
        contents: &Contents,
        stream: &mut SeededBytes,
    ) -> Result<Content, ContentSpecError> {
        let earlier = |name: &String| {
            contents
                .get(name)
                .ok_or_else(|| ContentSpecError::Unknown(name.clone()))
        };
        Ok(match self {
            Self::Component(which) => {
                let bytes = match which {
                    ComponentSpec::Seeded => content::component(stream, SEEDED_COMPONENT_SIZE)?,
                    ComponentSpec::Empty => Bytes::from_static(&content::EMPTY_COMPONENT),
                    ComponentSpec::Sized { size } => content::component(stream, size.length()?)?,
                };
                Content::blob(bytes)
            }
            Self::Random(size) => Content::blob(content::random_bytes(stream, size.length()?)),
            Self::Text(size) => Content::blob(content::text(stream, size.length()?)),
            Self::HtmlPage {} => Content::blob(content::html_page(stream)),
            Self::CoreModule {} => Content::blob(content::core_module()),
            Self::Octets(body) => Content::blob(body.bytes(contents)?),
            Self::Entries(spec) => {
                let mut entries = Vec::new();
                if !spec.files.contains_key("component.wasm") {
                    entries.push(Entry::new(
                        COMPONENT_PATH,
                        content::component(stream, SEEDED_COMPONENT_SIZE)?,
                    ));
                }
                for (path, body) in &spec.files {
                    if let Some(body) = body {
                        entries.push(Entry::new(path.as_bytes(), body.bytes(contents)?));
                    }
                }
                let mut archive = Archive::of_entries(&entries, spec.format);
                let links = spec.links.iter().map(|(path, link)| {
                    let kind = match link {
                        LinkSpec::Symbolic(target) => MemberKind::Symlink(target.clone().into()),
                        LinkSpec::Hard(target) => MemberKind::Hardlink(target.clone().into()),
                    };
                    Member::special(path.as_bytes(), kind)
                });
                archive.members.splice(0..0, links);
                let content = Content {
                    body: archive.write()?,
                    entries,
                    media_type: content::TAR_MEDIA_TYPE.to_owned(),
                };
                content.sharing_bytes()
            }
            Self::Hostile(spec) => {
                Content::archive(&content::hostile_archive(spec.archive, spec.format, stream))?
            }
            Self::Harmless(spec) => Content::archive(&content::harmless_archive(
                spec.archive,
                spec.format,
                stream,
            ))?,
            Self::Mutation(spec) => {
                let original = earlier(&spec.of)?;
                let entries = content::mutate(&original.entries, spec.change, stream)?;
                if original.media_type == content::WASM_MEDIA_TYPE {
                    let bytes = entries.into_iter().next().map(|entry| entry.bytes);
                    Content::blob(bytes.unwrap_or_default())
                } else {
                    Content::tar(entries, Format::Pax)?
                }
            }
            Self::Truncated(spec) => earlier(&spec.of)?.truncated(spec.to.length()?),
        })
    }
}
