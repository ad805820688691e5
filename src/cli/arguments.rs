//! What the command line takes. Every option has an environment variable `REGISTRY_CONFORMANCE_<OPTION>`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

use crate::report::ReportRequest;

/// Judges a registry of the Publish API, over HTTP, by every rule of the profile.
#[derive(Debug, Parser)]
#[command(
    name = "registry-conformance",
    bin_name = "registry-conformance",
    version,
    about,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 conforms, 1 does not conform, 2 bad usage or files, 3 unreachable or errors, 4 no case ran, 130 interrupted."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub run: RunArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the suite (the default).
    Run(Box<RunArguments>),
    /// Judge a client: run it against the bundled mock, once a case.
    Client(Box<ClientArguments>),
    /// Write a commented target file.
    Init(InitArguments),
    /// Check step by step that a registry can be judged: connection, tokens, keys, content hosts, capabilities.
    #[command(
        after_help = "Exit codes: 0 all is well, 1 a problem in the registry or the target file, 2 bad usage or target file, 3 unreachable."
    )]
    Doctor(DoctorArguments),
    /// Print the public keys (JWKS) to install in a registry.
    Keys(KeysArguments),
    /// List, check or export the cases.
    Cases(CasesArguments),
    /// Run the suite against the bundled mock with each of its defects: does every case have teeth?
    Coverage(CoverageArguments),
    /// Compare JSON reports: what was mended, what broke, which rule holds where. Exit 1 if something broke from the first to the last.
    Compare(CompareArguments),
    /// Start the bundled mock registry, as `mock-registry` does.
    #[command(disable_help_flag = true)]
    Mock(MockArguments),
    /// Print completions for a shell.
    Completions(CompletionsArguments),
    /// Write the manual pages, one for each subcommand and that of `mock-registry`.
    Man(ManArguments),
}

#[derive(Debug, Clone, Default, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each switch of the command line"
)]
pub(super) struct RunArguments {
    /// The registry under test; without it and without --target, the bundled mock
    #[arg(long, value_name = "URL", env = "REGISTRY_CONFORMANCE_REGISTRY")]
    pub registry: Option<Url>,
    /// The target file (YAML); --registry overrides its URL
    #[arg(long, value_name = "FILE", env = "REGISTRY_CONFORMANCE_TARGET")]
    pub target: Option<PathBuf>,
    /// Cases from this folder instead of the built-in ones
    #[arg(long, value_name = "DIR", env = "REGISTRY_CONFORMANCE_CASES")]
    pub cases: Option<PathBuf>,
    /// Write a report (json, junit, html, markdown, tap, badge, shields); repeatable (the variable holds one); `-` is stdout
    #[arg(
        long = "report",
        value_name = "FORMAT=PATH",
        env = "REGISTRY_CONFORMANCE_REPORT",
        value_delimiter = ','
    )]
    pub reports: Vec<ReportRequest>,
    /// YAML list of {case, reason}: cases that are known to fail
    #[arg(long, value_name = "FILE", env = "REGISTRY_CONFORMANCE_KNOWN_FAILURES")]
    pub known_failures: Option<PathBuf>,
    /// Warnings count as failures
    #[arg(long, env = "REGISTRY_CONFORMANCE_STRICT", value_parser = FalseyValueParser::new())]
    pub strict: bool,
    /// Seed of all generated names, bytes and orders
    #[arg(long, value_name = "N", env = "REGISTRY_CONFORMANCE_SEED")]
    pub seed: Option<u64>,
    /// List the cases and send nothing
    #[arg(long, env = "REGISTRY_CONFORMANCE_LIST", value_parser = FalseyValueParser::new())]
    pub list: bool,
    /// Filters are whole ids
    #[arg(long, env = "REGISTRY_CONFORMANCE_EXACT", value_parser = FalseyValueParser::new())]
    pub exact: bool,
    /// Leave out cases whose id contains this; repeatable
    #[arg(
        long,
        value_name = "FILTER",
        env = "REGISTRY_CONFORMANCE_SKIP",
        value_delimiter = ','
    )]
    pub skip: Vec<String>,
    /// Run only the slow cases
    #[arg(
        long,
        env = "REGISTRY_CONFORMANCE_IGNORED", value_parser = FalseyValueParser::new(),
        conflicts_with = "include_ignored"
    )]
    pub ignored: bool,
    /// Run the slow cases too
    #[arg(long, env = "REGISTRY_CONFORMANCE_INCLUDE_IGNORED", value_parser = FalseyValueParser::new())]
    pub include_ignored: bool,
    /// Cases at the same time [default: 16]
    #[arg(long, value_name = "N", env = "REGISTRY_CONFORMANCE_TEST_THREADS")]
    pub test_threads: Option<NonZeroUsize>,
    /// Form of the result on stdout
    #[arg(long, value_enum, env = "REGISTRY_CONFORMANCE_FORMAT")]
    pub format: Option<Format>,
    /// When to colour
    #[arg(long, value_enum, env = "REGISTRY_CONFORMANCE_COLOR")]
    pub color: Option<Color>,
    /// Also write the outcomes to this file
    #[arg(long, value_name = "PATH", env = "REGISTRY_CONFORMANCE_LOGFILE")]
    pub logfile: Option<PathBuf>,
    /// One character a case
    #[arg(short, long, env = "REGISTRY_CONFORMANCE_QUIET", value_parser = FalseyValueParser::new())]
    pub quiet: bool,
    /// Accepted for cargo's sake
    #[arg(long, hide = true)]
    pub nocapture: bool,
    /// Accepted for cargo's sake
    #[arg(long, hide = true)]
    pub no_capture: bool,
    /// Accepted for cargo's sake
    #[arg(long, hide = true)]
    pub show_output: bool,
    /// Accepted for cargo's sake
    #[arg(short = 'Z', hide = true, value_name = "FLAG")]
    pub unstable: Vec<String>,
    /// Run only cases whose id contains one of these
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
}

/// Form of the result on stdout.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// A line a case.
    Pretty,
    /// A character a case.
    Terse,
    /// libtest's JSON.
    Json,
}

/// When to colour.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ClientArguments {
    #[command(flatten)]
    pub run: RunArguments,
    /// Give the client more time, for slow machines and interpreters: so many seconds in the place of 20 where a case does not say, and in
    /// proportion where it does [20 to 200]
    // Fewer would be too few for the waits that cases ask for; with more, what stalls in them for two minutes would come to an end.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "REGISTRY_CONFORMANCE_DEADLINE",
        value_parser = clap::value_parser!(u16).range(20..=200)
    )]
    pub deadline: Option<u16>,
    /// The client with its arguments; `publish` or `fetch` is added
    #[arg(last = true, required_unless_present = "list", value_name = "COMMAND")]
    pub command: Vec<std::ffi::OsString>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct InitArguments {
    /// Where to write the target file
    #[arg(value_name = "FILE", default_value = "target.yaml")]
    pub file: PathBuf,
    /// Overwrite a file that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct DoctorArguments {
    /// The registry; without it and without --target, the bundled mock
    #[arg(long, value_name = "URL", env = "REGISTRY_CONFORMANCE_REGISTRY")]
    pub registry: Option<Url>,
    /// The target file (YAML); --registry overrides its URL
    #[arg(long, value_name = "FILE", env = "REGISTRY_CONFORMANCE_TARGET")]
    pub target: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ManArguments {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub(super) struct KeysArguments {
    /// The keys of this target file instead of the built-in test keys
    #[arg(long, value_name = "FILE", env = "REGISTRY_CONFORMANCE_TARGET")]
    pub target: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct CasesArguments {
    #[command(subcommand)]
    pub command: CasesCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum CasesCommand {
    /// Print id, level, rules and summary of every case
    List {
        /// Cases from this folder instead of the built-in ones
        #[arg(long, value_name = "DIR", env = "REGISTRY_CONFORMANCE_CASES")]
        cases: Option<PathBuf>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Check case files; prints every mistake with file and line
    Check {
        /// The folder of case files; without it, the built-in ones
        #[arg(value_name = "DIR", env = "REGISTRY_CONFORMANCE_CASES")]
        cases: Option<PathBuf>,
    },
    /// Write the built-in case files and their schema into a folder
    Export {
        /// The folder; made if it is not there
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Overwrite files that differ
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Clone, Args)]
pub(super) struct CoverageArguments {
    /// Cases from this folder instead of the built-in ones
    #[arg(long, value_name = "DIR", env = "REGISTRY_CONFORMANCE_CASES")]
    pub cases: Option<PathBuf>,
    /// The cases about clients, with each defect of a client
    #[arg(long, env = "REGISTRY_CONFORMANCE_CLIENT")]
    pub client: bool,
    /// The client, which has the defect that the variable `CLIENT_DEFECT` names
    #[arg(
        long,
        value_name = "COMMAND",
        default_value = "python3 examples/clients/python/publish_client.py",
        env = "REGISTRY_CONFORMANCE_CLIENT_COMMAND"
    )]
    pub client_command: String,
    /// What prints the client's defects, as JSON [{name, rule, what}]
    #[arg(
        long,
        value_name = "COMMAND",
        default_value = "python3 examples/clients/python/defects.py --list",
        env = "REGISTRY_CONFORMANCE_CLIENT_DEFECTS"
    )]
    pub client_defects: String,
    /// Run this defect; repeatable [default: all whose rule a case carries]
    #[arg(
        long = "defect",
        value_name = "NAME",
        env = "REGISTRY_CONFORMANCE_DEFECT",
        value_delimiter = ','
    )]
    pub defects: Vec<String>,
    /// Of the case files that do not carry a defect's rule, run every Nth, to see what it drags down; 0: none
    #[arg(
        long,
        value_name = "N",
        default_value_t = 24,
        env = "REGISTRY_CONFORMANCE_UNRELATED"
    )]
    pub unrelated: usize,
    /// Look for kills alone: what one set-up of the mock killed does not run in the next, to find more expectations with teeth
    #[arg(long, env = "REGISTRY_CONFORMANCE_KILLS_ONLY")]
    pub kills_only: bool,
    /// Write the whole matrix as JSON
    #[arg(long, value_name = "PATH", env = "REGISTRY_CONFORMANCE_JSON")]
    pub json: Option<PathBuf>,
    /// Write the matrix as Markdown
    #[arg(long, value_name = "PATH", env = "REGISTRY_CONFORMANCE_MARKDOWN")]
    pub markdown: Option<PathBuf>,
    /// Run nothing; exit 1 unless this document (of --markdown) is about the present rules, cases and defects
    #[arg(
        long,
        value_name = "PATH",
        env = "REGISTRY_CONFORMANCE_CHECK",
        conflicts_with_all = ["json", "markdown"]
    )]
    pub check: Option<PathBuf>,
    /// Seed of all generated names, bytes and orders [default: 1]
    #[arg(long, value_name = "N", env = "REGISTRY_CONFORMANCE_SEED")]
    pub seed: Option<u64>,
    /// Defects at the same time [default: 8, of a client 14]
    #[arg(long, value_name = "N", env = "REGISTRY_CONFORMANCE_JOBS")]
    pub jobs: Option<NonZeroUsize>,
    /// Only cases whose id contains one of these, and the defects of their rules
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct CompareArguments {
    /// Reports of `--report json=PATH`, the earliest first
    #[arg(value_name = "REPORT", num_args = 2.., required = true)]
    pub reports: Vec<PathBuf>,
    /// Write the comparison as Markdown; `-` is stdout, in the place of the text
    #[arg(long, value_name = "PATH", env = "REGISTRY_CONFORMANCE_MARKDOWN")]
    pub markdown: Option<PathBuf>,
    /// Write the comparison as one HTML file; `-` is stdout, in the place of the text
    #[arg(long, value_name = "PATH", env = "REGISTRY_CONFORMANCE_HTML")]
    pub html: Option<PathBuf>,
    /// A should that is violated now is something that broke
    #[arg(long, env = "REGISTRY_CONFORMANCE_STRICT", value_parser = FalseyValueParser::new())]
    pub strict: bool,
    /// When to colour
    #[arg(long, value_enum, env = "REGISTRY_CONFORMANCE_COLOR")]
    pub color: Option<Color>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct MockArguments {
    /// Options of `mock-registry`
    #[arg(
        value_name = "OPTION",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub options: Vec<std::ffi::OsString>,
}
