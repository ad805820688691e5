//! Puts the case files into the binary: their text, and as JSON what the harness reads when it starts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use yaml::Located;

#[path = "src/yaml/mod.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the harness's own reader, so that a file means the same to both; places and messages are its business"
)]
mod yaml;

#[path = "src/case/lines.rs"]
#[expect(dead_code, reason = "lines are looked up by the harness")]
mod lines;

fn main() -> std::io::Result<()> {
    let root =
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("cases");
    println!("cargo::rerun-if-changed=cases");
    println!("cargo::rerun-if-changed=src/yaml");
    println!("cargo::rerun-if-changed=src/case/lines.rs");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut code = String::from("static BUILT_IN_CASES: &[BuiltIn] = &[\n");
    for file in files {
        let relative = file.strip_prefix(&root).unwrap_or(&file);
        let id = relative
            .with_extension("")
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect::<Vec<_>>()
            .join("/");
        if id == "requirements" {
            continue;
        }
        match Located::parse(&std::fs::read_to_string(&file)?) {
            Ok(read) => {
                let _ = writeln!(
                    code,
                    "    BuiltIn {{ id: {id:?}, text: include_str!({:?}), json: {:?}, lines: {:?} }},",
                    file.display().to_string(),
                    read.value.to_string(),
                    lines::lines_of(&read.spans),
                );
            }
            Err(error) => println!("cargo::error=cases/{}: {error}", relative.display()),
        }
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    std::fs::write(out.join("built_in_cases.rs"), code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}
