//! The program, and files for it.

use std::path::PathBuf;
use std::process::{Command, Output};

pub(crate) fn suite() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (name, _) in std::env::vars() {
        if name.starts_with("REGISTRY_CONFORMANCE_") || name.starts_with("GITHUB_") {
            command.env_remove(name);
        }
    }
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    suite().args(arguments).output().unwrap()
}

pub(crate) fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

pub(crate) fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}
