//! The committed inputs of the fuzz targets, through the very functions that are fuzzed: what was found once is not lost again, also
//! where there is no fuzzer.

use std::collections::BTreeSet;
use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
pub mod targets;

/// Plays the corpus of a target; a failure names the file.
fn replay(name: &str) {
    let (_, run) = targets::TARGETS
        .iter()
        .find(|(target, _)| *target == name)
        .expect("a target");
    let folder = Path::new("fuzz/corpus").join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        let octets = std::fs::read(&file).expect("an input");
        if let Err(panic) = std::panic::catch_unwind(|| run(&octets)) {
            eprintln!("with {}", file.display());
            std::panic::resume_unwind(panic);
        }
    }
}

macro_rules! corpora {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        /// No target is without a test here, without a binary for the fuzzer, or without inputs.
        #[test]
        fn every_target_is_played() {
            let played: BTreeSet<&str> = [$(stringify!($name)),*].into();
            let targets: BTreeSet<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(played, targets);
            let names = |folder: &str| -> BTreeSet<String> {
                std::fs::read_dir(folder)
                    .expect("a folder")
                    .map(|file| file.expect("a file").path())
                    .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
                    .collect()
            };
            let targets: BTreeSet<String> = targets.into_iter().map(str::to_owned).collect();
            assert_eq!(names("fuzz/fuzz_targets"), targets);
            assert_eq!(names("fuzz/corpus"), targets);
        }
    };
}

corpora! {
    answer case_file content control http_answer http_request input_file json jws registry
}
