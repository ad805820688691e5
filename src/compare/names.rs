//! Short names for files, all different.

use std::path::{Path, PathBuf};

use crate::report::shortened;

/// Characters of a name.
const LENGTH: usize = 24;

/// The files' names without extension; with the folder where two are the same, and a number where that is the same too.
pub(super) fn names(paths: &[PathBuf]) -> Vec<String> {
    let part = |part: Option<&std::ffi::OsStr>| {
        part.map_or_else(String::new, |part| part.to_string_lossy().into_owned())
    };
    let stem = |path: &Path| part(path.file_stem());
    let with_folder = |path: &Path| match path.parent().map(|folder| part(folder.file_name())) {
        Some(folder) if !folder.is_empty() => format!("{folder}/{}", stem(path)),
        _ => stem(path),
    };
    let stems: Vec<String> = paths.iter().map(|path| stem(path)).collect();
    let mut names: Vec<String> = if has_doubles(&stems) {
        paths.iter().map(|path| with_folder(path)).collect()
    } else {
        stems
    };
    for name in &mut names {
        *name = shortened(name, LENGTH);
    }
    if has_doubles(&names) {
        for (index, name) in names.iter_mut().enumerate() {
            *name = format!("{name}#{}", index + 1);
        }
    }
    names
}

fn has_doubles(names: &[String]) -> bool {
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_are_short_and_different() {
        let rows: &[(&[&str], &[&str])] = &[
            (&["old.json", "new.json"], &["old", "new"]),
            (
                &["a/report.json", "b/report.json"],
                &["a/report", "b/report"],
            ),
            (&["x.json", "./x.json"], &["x#1", "x#2"]),
            (&["a/x.json", "a/x.json"], &["a/x#1", "a/x#2"]),
        ];
        for (paths, expected) in rows {
            let paths: Vec<std::path::PathBuf> = paths.iter().map(Into::into).collect();
            assert_eq!(names(&paths), *expected);
        }
    }
}
