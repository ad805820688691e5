//! The sample clients, and what they need to be run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// Set where all tools have to be there, so that none is passed over unnoticed.
const ALL: &str = "CONFORMANCE_ALL_CLIENTS";

/// The root of the package, which holds `examples/clients`.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether the command ends well, which says that a tool is there.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first of these commands that does not work.
pub(crate) fn missing(tools: &[&[&str]]) -> Option<String> {
    tools
        .iter()
        .find(|tool| !succeeds(tool[0], &tool[1..]))
        .map(|tool| tool.join(" "))
}

/// Says that something was not tested; a failure where everything has to be.
pub(crate) fn skip(what: &str, missing: &str) {
    let all = std::env::var_os(ALL).is_some_and(|value| value == "1");
    assert!(
        !all,
        "{what} can not be tested: `{missing}` fails ({ALL} is set)"
    );
    eprintln!("skipped: {what}, as `{missing}` fails");
}

/// The sample client in Rust. `cargo test` has built it already, `cargo test --test NAME` has not.
pub(crate) fn rust_client() -> PathBuf {
    static BUILT: LazyLock<PathBuf> = LazyLock::new(build_rust_client);
    BUILT.clone()
}

fn build_rust_client() -> PathBuf {
    let harness = Path::new(env!("CARGO_BIN_EXE_registry-conformance"));
    let profile = harness.parent().unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--example", "publish-client"]);
    build.arg("--manifest-path").arg(root().join("Cargo.toml"));
    build.arg("--target-dir").arg(profile.parent().unwrap());
    if profile.ends_with("release") {
        build.arg("--release");
    }
    if cfg!(feature = "vendored-openssl") {
        build.args(["--features", "vendored-openssl"]);
    }
    let built = build.output().unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let name = format!("publish-client{}", std::env::consts::EXE_SUFFIX);
    profile.join("examples").join(name)
}

/// The environment in which loopback is reached directly.
pub(crate) fn without_proxy(command: &mut Command) -> &mut Command {
    let here: OsString = "127.0.0.1,localhost".into();
    command.env("NO_PROXY", &here).env("no_proxy", here)
}
