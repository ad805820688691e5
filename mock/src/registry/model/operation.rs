//! What a sequence is made of.

use std::time::Duration;

use proptest::prelude::*;

use crate::config::ProcessingMode;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Owner,
    Other,
    Reader,
    ManifestReader,
    Nobody,
}

/// Where a content is: the registry's own store, or one of a few URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Own,
    Mirror(u8),
}

/// How an attempt is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// By the name and version alone.
    Current,
    /// By the URL that its create gave: the attempt of that number, and be it over.
    Attempt(usize),
}

/// How a publish that was claimed goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Abandon,
    /// Accepted, unless it is already; then its content is found good or bad.
    Accept,
    /// The content is good, with all sources or with the first only.
    Good {
        drops_mirrors: bool,
    },
    Bad,
    /// The handler panics.
    BreakOff,
}

/// One operation. Numbers of keys, attempts, tickets and claims count modulo what there is.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Create {
        who: Who,
        key: usize,
        variant: usize,
        signed: bool,
    },
    BeginUpload {
        who: Who,
        attempt: usize,
    },
    FinishUpload {
        ticket: usize,
        bytes: u8,
    },
    ChangeSources {
        who: Who,
        key: usize,
        replace: bool,
        places: Vec<Place>,
    },
    BeginPublish {
        who: Who,
        key: usize,
    },
    GoOn {
        claim: usize,
        turn: Turn,
    },
    Read {
        who: Who,
        key: usize,
    },
    Download {
        who: Who,
        key: usize,
    },
    Status {
        who: Who,
        key: usize,
        address: Address,
    },
    Cancel {
        who: Who,
        key: usize,
        address: Address,
    },
    LetThrough,
    Sweep,
    Wait {
        seconds: i64,
    },
    Reset,
}

/// The settings that a sequence runs under.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub(super) struct Settings {
    pub mode: ProcessingMode,
    pub expires: bool,
    pub hides: bool,
    pub private: bool,
    pub max_sources: Option<usize>,
    pub tight_storage: bool,
}

/// How long a pending release is kept, where it expires.
pub(super) const EXPIRY: Duration = Duration::from_mins(1);
/// How long failed and expired ones are.
pub(super) const RETENTION: Duration = Duration::from_secs(200);
/// Under `delay`.
pub(super) const DELAY: Duration = Duration::from_secs(20);
/// Under `polls`.
pub(super) const POLLS: u32 = 1;

pub(super) fn settings() -> impl Strategy<Value = Settings> {
    let mode = prop_oneof![
        Just(ProcessingMode::Immediate),
        Just(ProcessingMode::Polls(POLLS)),
        Just(ProcessingMode::Delay(DELAY)),
        Just(ProcessingMode::Manual),
    ];
    let max_sources = prop_oneof![Just(None), Just(Some(2))];
    (
        mode,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        max_sources,
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |(mode, expires, hides, private, max_sources, tight_storage)| Settings {
                mode,
                expires,
                hides,
                private,
                max_sources,
                tight_storage,
            },
        )
}

pub(super) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..50)
}

fn operation() -> impl Strategy<Value = Operation> {
    // Mostly the same few, so that sequences come to something.
    let key = || prop_oneof![6 => Just(0_usize), 1 => Just(1), 1 => Just(2)];
    let pick = || 0..4_usize;
    prop_oneof![
        15 => (who(), key(), 0..2_usize, any::<bool>())
            .prop_map(|(who, key, variant, signed)| Operation::Create { who, key, variant, signed }),
        12 => (who(), pick()).prop_map(|(who, attempt)| Operation::BeginUpload { who, attempt }),
        12 => (pick(), 0..2_u8).prop_map(|(ticket, bytes)| Operation::FinishUpload { ticket, bytes }),
        12 => (who(), key(), any::<bool>(), prop::collection::vec(place(), 0..4))
            .prop_map(|(who, key, replace, places)| Operation::ChangeSources { who, key, replace, places }),
        15 => (who(), key()).prop_map(|(who, key)| Operation::BeginPublish { who, key }),
        21 => (pick(), turn()).prop_map(|(claim, turn)| Operation::GoOn { claim, turn }),
        6 => (who(), key()).prop_map(|(who, key)| Operation::Read { who, key }),
        3 => (who(), key()).prop_map(|(who, key)| Operation::Download { who, key }),
        9 => (who(), key(), address())
            .prop_map(|(who, key, address)| Operation::Status { who, key, address }),
        9 => (who(), key(), address())
            .prop_map(|(who, key, address)| Operation::Cancel { who, key, address }),
        3 => Just(Operation::LetThrough),
        3 => Just(Operation::Sweep),
        9 => prop_oneof![Just(0_i64), Just(10), Just(20), Just(61), Just(200), Just(300)]
            .prop_map(|seconds| Operation::Wait { seconds }),
        1 => Just(Operation::Reset),
    ]
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        12 => Just(Who::Owner),
        2 => Just(Who::Other),
        1 => Just(Who::Reader),
        1 => Just(Who::ManifestReader),
        1 => Just(Who::Nobody),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![1 => Just(Place::Own), 3 => (0..3_u8).prop_map(Place::Mirror)]
}

fn address() -> impl Strategy<Value = Address> {
    prop_oneof![
        Just(Address::Current),
        (0..4_usize).prop_map(Address::Attempt)
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        1 => Just(Turn::Abandon),
        3 => Just(Turn::Accept),
        4 => any::<bool>().prop_map(|drops_mirrors| Turn::Good { drops_mirrors }),
        3 => Just(Turn::Bad),
        1 => Just(Turn::BreakOff),
    ]
}
