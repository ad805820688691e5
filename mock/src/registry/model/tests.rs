//! How many sequences, and whether they would notice.

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::defect::Defect;

use super::machine::Workshop;
use super::operation::{Operation, Settings, operations, settings};

/// Plays that many sequences, the same ones for a seed; what fails is made shorter in at most so many steps.
fn play(
    workshop: &Workshop,
    seed: u8,
    sequences: u32,
    shrinking: u32,
) -> Result<(), TestError<(Settings, Vec<Operation>)>> {
    let config = Config {
        cases: sequences,
        failure_persistence: None,
        max_shrink_iters: shrinking,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    TestRunner::new_with_rng(config, rng).run(&(settings(), operations()), |(settings, steps)| {
        workshop.play(&settings, &steps)
    })
}

fn hold(seed: u8, sequences: u32) {
    if let Err(error) = play(&Workshop::new(&[]), seed, sequences, 10_000) {
        panic!("{error}");
    }
}

#[test]
fn the_state_machine_does_what_the_model_says() {
    hold(1, 500);
}

/// `cargo test -p mock-registry --release model -- --ignored`: some minutes.
#[test]
#[ignore = "takes minutes: 100,000 sequences"]
fn the_state_machine_does_what_the_model_says_for_long() {
    std::thread::scope(|scope| {
        for seed in 2..4 {
            scope.spawn(move || hold(seed, 50_000));
        }
    });
}

/// Mistakes in the state machine, one at a time: the sequences of a quick run find each of them. Beside these, three lines of the
/// state machine itself were broken by hand, and each time a sequence of a few operations told so: `cancel` without its permission,
/// `settle` without the expiry, and `remove` that goes on counting the octets of what is removed.
#[test]
fn the_model_notices_mistakes() {
    let mistakes = [
        Defect::ReplacesPending,
        Defect::ReplacesPublished,
        Defect::ReplacesProcessing,
        Defect::WritesBeforeConflict,
        Defect::CreatorOfEachRelease,
        Defect::CreatorFromBody,
        Defect::FailureBlocks,
        Defect::ExpiredBlocks,
        Defect::NeverExpires,
        Defect::PublishesExpired,
        Defect::PublishesWithoutContent,
        Defect::PublishesAgain,
        Defect::ShowsReleaseWhileProcessing,
        Defect::ShowsOwnerPreview,
        Defect::LateUploadReopens,
        Defect::KeepsDuplicateSources,
        Defect::DuplicateIsConflict,
        Defect::FreezesSources,
        Defect::LateAdditionsReplace,
        Defect::CancelsPublished,
        Defect::CancelsProcessing,
        Defect::CancelsBeforePermission,
        Defect::AnyPublisherWrites,
        Defect::ReadersWrite,
        Defect::KeepsDeniedSources,
        Defect::PublishedSourcesAreOpen,
        Defect::StatusIsPublic,
    ];
    // A registry with the mistake parts from the model within a few hundred sequences; rare ones take some thousand.
    for mistake in mistakes {
        let found = play(&Workshop::new(&[mistake]), 1, 5_000, 0);
        assert!(
            matches!(found, Err(TestError::Fail(..))),
            "no sequence notices {}",
            mistake.name()
        );
    }
}
