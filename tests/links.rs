//! Links in the documents lead somewhere: files of the repository, headings and anchors in them, and few hosts outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

/// Hosts that documents may link to.
const HOSTS: &[&str] = &[
    "cryptography.io",
    "docs.rs",
    "github.com",
    "jqlang.org",
    "pytest.org",
    "semver.org",
    "shields.io",
    "www.rfc-editor.org",
];
/// Folders that hold no documents of the repository.
const ELSEWHERE: &[&str] = &["target", ".git"];

static HTML_ANCHOR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"<[a-z0-9]+[^>]*?\s(?:id|name)="([^"]+)""#).unwrap());
static HTML_LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<(?:a|img|source)\b[^>]*?\s(?:href|src|srcset)="([^"]+)""#).unwrap()
});
static BARE_URL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"https?://[^\s<>()]+").unwrap());
static LINES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^L\d+(-L\d+)?$").unwrap());

/// What a document links to, and what can be linked to in it.
#[derive(Debug, Default)]
struct Document {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

impl Document {
    fn read(text: &str) -> Self {
        let mut document = Self::default();
        let mut slugs = BTreeMap::new();
        let mut heading: Option<String> = None;
        let mut is_code = false;
        let mut is_link = false;
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
        for event in Parser::new_ext(text, options) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let slug = slug(&heading.take().unwrap_or_default(), &mut slugs);
                    document.anchors.insert(slug);
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    is_link = true;
                    document.links.push(dest_url.into_string());
                }
                Event::End(TagEnd::Link) => is_link = false,
                Event::Start(Tag::Image { dest_url, .. }) => {
                    document.links.push(dest_url.into_string());
                }
                Event::Start(Tag::CodeBlock(_)) => is_code = true,
                Event::End(TagEnd::CodeBlock) => is_code = false,
                Event::Html(html) | Event::InlineHtml(html) => {
                    let found = |pattern: &Regex| -> Vec<String> {
                        pattern
                            .captures_iter(&html)
                            .map(|captures| captures[1].to_owned())
                            .collect()
                    };
                    document.anchors.extend(found(&HTML_ANCHOR));
                    document.links.extend(found(&HTML_LINK));
                }
                Event::Code(code) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&code);
                    }
                }
                Event::Text(text) if !is_code => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                    // GitHub makes links of them.
                    if !is_link {
                        let bare = BARE_URL.find_iter(&text).map(|url| url.as_str().to_owned());
                        document.links.extend(bare);
                    }
                }
                _ => {}
            }
        }
        document
    }
}

/// The anchor that GitHub gives a heading: lower case, blanks as hyphens, without punctuation; a number where it is taken.
fn slug(heading: &str, taken: &mut BTreeMap<String, usize>) -> String {
    let slug: String = heading
        .trim()
        .to_lowercase()
        .chars()
        .filter(|character| character.is_alphanumeric() || " -_".contains(*character))
        .map(|character| if character == ' ' { '-' } else { character })
        .collect();
    let count = taken.entry(slug.clone()).or_default();
    *count += 1;
    match *count {
        1 => slug,
        count => format!("{slug}-{}", count - 1),
    }
}

/// What is wrong with a link of the document at `path` (relative to the repository).
fn complaint(
    link: &str,
    path: &Path,
    documents: &BTreeMap<PathBuf, Document>,
    exists: &dyn Fn(&Path) -> bool,
) -> Option<String> {
    if let Ok(url) = url::Url::parse(link) {
        let host = url.host_str().unwrap_or_default();
        let is_example = ["example", "test", "invalid"]
            .iter()
            .any(|reserved| host.rsplit('.').next() == Some(reserved))
            || ["example.com", "example.org", "127.0.0.1", "localhost"].contains(&host);
        return match url.scheme() {
            "https" if HOSTS.contains(&host) || is_example => None,
            "http" if is_example => None,
            _ => Some("leads to no host of the list".to_owned()),
        };
    }
    let (file, anchor) = match link.split_once('#') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (link, None),
    };
    let file = percent_encoding::percent_decode_str(file).decode_utf8_lossy();
    let target = if file.is_empty() {
        path.to_owned()
    } else {
        match within(path, &file) {
            Some(target) => target,
            None => return Some("leads out of the repository".to_owned()),
        }
    };
    if !exists(&target) {
        return Some("leads to no file".to_owned());
    }
    let anchor = anchor?;
    match documents.get(&target) {
        Some(document) if document.anchors.contains(anchor) => None,
        None if LINES.is_match(anchor) => None,
        _ => Some("leads to no heading or anchor".to_owned()),
    }
}

/// A path beside a document, relative to the repository; `None` if it leaves it.
fn within(document: &Path, file: &str) -> Option<PathBuf> {
    let mut target = document.parent()?.to_owned();
    for component in Path::new(file).components() {
        match component {
            Component::Normal(name) => target.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !target.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(target)
}

fn markdown(folder: &Path, root: &Path, found: &mut BTreeMap<PathBuf, Document>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name();
        if entry.file_type().unwrap().is_dir() {
            if !ELSEWHERE.contains(&&*name.to_string_lossy()) && name != "node_modules" {
                markdown(&path, root, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap().to_owned();
            found.insert(path, Document::read(&text));
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = BTreeMap::new();
    markdown(root, root, &mut documents);
    let links: usize = documents
        .values()
        .map(|document| document.links.len())
        .sum();
    assert!(documents.len() > 8 && links > 200, "{links} links");
    let exists = |path: &Path| root.join(path).exists();
    let complaints: Vec<String> = documents
        .iter()
        .flat_map(|(path, document)| document.links.iter().map(move |link| (path, link)))
        .filter_map(|(path, link)| {
            let complaint = complaint(link, path, &documents, &exists)?;
            Some(format!("{}: `{link}` {complaint}", path.display()))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_leads_nowhere_is_found() {
    let here = "# Here\n## `a` and: B!\n## Here\n<a id=\"x-1\"></a>\n";
    let rows = [
        ("[a](#here)", None),
        ("[a](#here-1)", None),
        ("[a](#a-and-b)", None),
        ("[a](#x-1)", None),
        ("[a](other.md#there)", None),
        ("[a](../src/lib.rs#L3)", None),
        ("[a](../src)", None),
        ("`[a](nowhere.md)`", None),
        ("    [a](nowhere.md)", None),
        ("https://docs.rs/tar", None),
        ("<https://registry.example/>", None),
        ("![a](picture.svg)", Some("leads to no file")),
        ("<img src=\"picture.svg\">", Some("leads to no file")),
        ("[a](nowhere.md)", Some("leads to no file")),
        ("[a][b]\n\n[b]: nowhere.md", Some("leads to no file")),
        ("[a](#Here)", Some("leads to no heading or anchor")),
        ("[a](#here-2)", Some("leads to no heading or anchor")),
        ("[a](other.md#here)", Some("leads to no heading or anchor")),
        (
            "[a](../src/lib.rs#here)",
            Some("leads to no heading or anchor"),
        ),
        ("[a](../../other)", Some("leads out of the repository")),
        ("[a](/etc/hosts)", Some("leads out of the repository")),
        (
            "[a](https://elsewhere.net/)",
            Some("leads to no host of the list"),
        ),
        (
            "see https://elsewhere.net/",
            Some("leads to no host of the list"),
        ),
        ("[a](http://docs.rs/)", Some("leads to no host of the list")),
        (
            "[a](javascript:alert)",
            Some("leads to no host of the list"),
        ),
    ];
    for (text, expected) in rows {
        let path = PathBuf::from("docs/here.md");
        let mut documents = BTreeMap::new();
        documents.insert(PathBuf::from("docs/other.md"), Document::read("# There\n"));
        documents.insert(path.clone(), Document::read(&format!("{here}\n{text}\n")));
        let files = ["docs/here.md", "docs/other.md", "src", "src/lib.rs"];
        let exists = |path: &Path| files.iter().any(|file| Path::new(file) == path);
        let complaints: Vec<String> = documents[&path]
            .links
            .iter()
            .filter_map(|link| complaint(link, &path, &documents, &exists))
            .collect();
        let expected: Vec<String> = expected.into_iter().map(ToOwned::to_owned).collect();
        assert_eq!(complaints, expected, "{text}");
    }
}
