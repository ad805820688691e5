//! Which test functions a file of Rust really has: seen in its tokens, so that one in a comment, in a text, ignored, compiled for nobody or
//! in a file that belongs to no target counts for nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The attributes that make a function a test.
const MAKING_A_TEST: [&str; 2] = ["test", "tokio::test"];
/// What may be said of a test, or of a module around it, without taking it from the runs of CI.
const HARMLESS: [&str; 7] = [
    "doc",
    "expect",
    "allow",
    "should_panic",
    "path",
    "rustfmt",
    "macro_use",
];
/// Conditions that hold where CI runs the tests.
const HOLDING: [&str; 3] = ["cfg(test)", "cfg(unix)", "cfg(target_os=\"linux\")"];

/// The names of the tests that `cargo test` runs from this file.
pub(crate) fn of_file(path: &Path) -> BTreeSet<String> {
    if !belongs_to_a_target(path) {
        return BTreeSet::new();
    }
    of_source(&read(path))
}

/// The names of the tests in a source file.
fn of_source(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    visit(parsed(source), &mut |keyword, name, attributes| {
        let is_run = attributes.iter().any(|attribute| is_test(attribute))
            && attributes
                .iter()
                .all(|attribute| is_test(attribute) || is_harmless(attribute));
        if keyword == "fn" && is_run {
            names.insert(name.to_owned());
        }
    });
    names
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A test target is a file in `tests/`, or `main.rs` in a folder there; other files are named by a `mod` in what is above them.
fn belongs_to_a_target(path: &Path) -> bool {
    let folder = path.parent().expect("a folder");
    let (stem, folder_name) = (path.file_stem(), folder.file_name());
    let is_named = |name: &str| stem.is_some_and(|stem| stem == name);
    let is_in_tests = folder_name.is_some_and(|name| name == "tests");
    let is_main_of_tests =
        is_named("main") && folder.parent().and_then(Path::file_name) == Some("tests".as_ref());
    let is_of_package =
        (is_named("lib") || is_named("main")) && folder_name.is_some_and(|name| name == "src");
    if is_in_tests || is_main_of_tests || is_of_package {
        return true;
    }
    let (module, above) = if is_named("mod") {
        (folder_name, folder.parent())
    } else {
        (stem, Some(folder))
    };
    let (Some(module), Some(above)) = (module.and_then(|name| name.to_str()), above) else {
        return false;
    };
    let mut declaring: Vec<PathBuf> = ["main.rs", "lib.rs", "mod.rs"]
        .map(|name| above.join(name))
        .into();
    declaring.push(above.with_extension("rs"));
    declaring
        .iter()
        .filter(|file| file.is_file())
        .any(|file| declares(&read(file), module) && belongs_to_a_target(file))
}

/// Whether a source has `mod NAME;`, and compiles it for tests.
fn declares(source: &str, module: &str) -> bool {
    let mut is_declared = false;
    visit(parsed(source), &mut |keyword, name, attributes| {
        is_declared |= keyword == "mod"
            && name == module
            && attributes.iter().all(|attribute| is_harmless(attribute));
    });
    is_declared
}

fn parsed(source: &str) -> TokenStream {
    source.parse().expect("Rust")
}

/// Shows each function and each module with its attributes, also those within modules and macros, but not those within functions, which no
/// test harness finds, nor those within what is compiled for nobody.
fn visit(tokens: TokenStream, show: &mut impl FnMut(&str, &str, &[String])) {
    let mut attributes: Vec<String> = Vec::new();
    let mut is_function = false;
    let mut before = [String::new(), String::new()];
    for token in tokens {
        let text = token.to_string();
        match token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Bracket
                    && (before[1] == "#" || before == ["#", "!"]) =>
            {
                let mut attribute = group.stream().to_string();
                attribute.retain(|character| !character.is_whitespace());
                if before[1] == "#" {
                    attributes.push(attribute);
                } else if attribute.starts_with("cfg") && !is_harmless(&attribute) {
                    return;
                }
            }
            TokenTree::Group(group) => {
                let is_shown = attributes.iter().all(|attribute| is_harmless(attribute));
                if is_shown && !is_function {
                    visit(group.stream(), show);
                }
                if group.delimiter() == Delimiter::Brace {
                    attributes.clear();
                    is_function = false;
                }
            }
            TokenTree::Ident(_) if before[1] == "fn" || before[1] == "mod" => {
                show(&before[1], &text, &attributes);
                is_function = before[1] == "fn";
            }
            TokenTree::Punct(ref punct) if punct.as_char() == ';' => attributes.clear(),
            _ => {}
        }
        before = [std::mem::take(&mut before[1]), text];
    }
}

fn is_test(attribute: &str) -> bool {
    MAKING_A_TEST.contains(&path_of(attribute))
}

fn is_harmless(attribute: &str) -> bool {
    HOLDING.contains(&attribute) || HARMLESS.contains(&path_of(attribute))
}

/// An attribute without what it is given.
fn path_of(attribute: &str) -> &str {
    attribute.split(['(', '=']).next().unwrap_or_default()
}

#[test]
fn only_what_is_run_counts() {
    let rows = [
        ("#[test] fn name() {}", true),
        ("#[tokio::test] async fn name() {}", true),
        (
            "#[tokio::test(flavor = \"multi_thread\")] async fn name() {}",
            true,
        ),
        ("/// Why.\n#[test]\n#[expect(unused)]\nfn name() {}", true),
        ("#[cfg(test)] mod tests { #[test] fn name() {} }", true),
        ("#[cfg(unix)] #[test] fn name() {}", true),
        ("macro_rules! all { () => { #[test] fn name() {} } }", true),
        ("proptest! { #[test] fn name(value in 0..9) {} }", true),
        ("struct A { b: [u8; 2] } #[test] fn name() {}", true),
        ("fn name() {}", false),
        ("#[test] #[ignore] fn name() {}", false),
        ("#[ignore = \"slow\"] #[test] fn name() {}", false),
        ("#[cfg(any())] #[test] fn name() {}", false),
        ("#[cfg(windows)] #[test] fn name() {}", false),
        ("#[cfg_attr(all(), ignore)] #[test] fn name() {}", false),
        ("#[cfg(any())] mod tests { #[test] fn name() {} }", false),
        ("mod tests { #![cfg(any())] #[test] fn name() {} }", false),
        ("#![cfg(any())] #[test] fn name() {}", false),
        ("// #[test] fn name() {}", false),
        ("/* #[test]\nfn name() {} */", false),
        ("/// #[test]\n/// fn name() {}\nfn other() {}", false),
        ("const TEXT: &str = \"#[test] fn name() {}\";", false),
        ("fn outer() { #[test] fn name() {} }", false),
        ("#[test] fn other() {} fn name() {}", false),
        ("#[test] fn names() {}", false),
    ];
    for (source, is_run) in rows {
        assert_eq!(of_source(source).contains("name"), is_run, "{source}");
    }
}

#[test]
fn a_file_that_no_target_has_holds_no_test() {
    let folder = tempfile::tempdir().expect("a folder");
    let tests = folder.path().join("tests");
    let write = |name: &str, text: &str| {
        let path = tests.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    };
    write("it/main.rs", "mod part; mod deep; #[cfg(any())] mod off;");
    write("it/deep/mod.rs", "mod below;");
    let test = "#[test] fn name() {}";
    for (file, is_run) in [
        ("alone.rs", true),
        ("it/part.rs", true),
        ("it/deep/below.rs", true),
        ("it/lost.rs", false),
        ("it/off.rs", false),
        ("it/deep/lost.rs", false),
        ("nowhere/part.rs", false),
    ] {
        let path = write(file, test);
        assert_eq!(of_file(&path).contains("name"), is_run, "{file}");
    }
}
