//! What the loader says about broken case files.

use std::path::Path;

use registry_conformance::case;

const FOLDER: &str = "tests/fixtures/broken-cases";

/// Each file of the folder alone, so that a snapshot shows what one mistake comes to.
#[test]
fn broken_case_files_are_told_what_is_wrong_where() {
    let mut files: Vec<_> = std::fs::read_dir(FOLDER)
        .expect("the folder")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a case file");
        let name = path.file_stem().expect("a name").to_string_lossy();
        let file = format!("cases/{name}.yaml");
        let errors = case::parse(Path::new(&file), &name, &text).expect_err("broken");
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        insta::with_settings!({description => text, omit_expression => true}, {
            insta::assert_snapshot!(&*name, lines.join("\n"));
        });
    }
}

#[test]
fn all_files_are_told_of_at_once() {
    let folder = Path::new(FOLDER);
    let error = case::from_folder(folder).expect_err("broken").to_string();
    let files = std::fs::read_dir(folder).expect("the folder").count();
    assert!(
        error.starts_with(&format!("failed to load {files} case files:\n")),
        "{error}"
    );
    for file in std::fs::read_dir(folder).expect("the folder") {
        let path = file.expect("a file").path();
        assert!(error.contains(&format!("  {}:", path.display())), "{error}");
    }
}
