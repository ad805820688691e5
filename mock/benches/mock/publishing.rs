//! Whole flows against what can not be left out of them, and how they scale.

use std::{hint::black_box, net::SocketAddr, thread, time::Instant};

use axum::body::Bytes;
use josekit::jws::{ES256, JwsVerifier};
use mock_registry::MockRegistry;
use sha2::{Digest, Sha256};

use crate::{
    figures::{Duel, held, row},
    publisher::{Flow, Publisher, component, key},
    servers::{bare, mock},
    wire::{Connection, request},
};

const ROUNDS: usize = 9;
const FLOWS: usize = 200;
const TARGET: f64 = 0.5;
const CONTENTS: [usize; 2] = [16 << 10, 1 << 20];

pub(crate) fn run() {
    for size in CONTENTS {
        compare(size);
    }
    scale();
}

fn compare(size: usize) {
    let flows_a_round = if size > 1 << 18 { FLOWS / 8 } else { FLOWS };
    let registry = mock(MockRegistry::builder().seed(1));
    let publisher = Publisher::of(component(size));
    let mut flows = (0..).map(|number: u32| publisher.flow(&format!("flow-{number}")));
    let mut connection = Connection::open(registry.address);
    let lengths = publisher.carry_out(&flows.next().expect("a flow"), &mut connection);

    let flow = flows.next().expect("a flow");
    let baseline = bare(&[], Bytes::from(vec![b' '; lengths[3]]));
    let bodies = [
        flow.create.clone(),
        publisher.content.clone(),
        flow.publish.clone(),
    ];
    let mut exchanges: Vec<Vec<u8>> = bodies
        .iter()
        .zip([(201, lengths[0]), (200, lengths[1]), (201, lengths[2])])
        .map(|(body, (status, length))| {
            request("POST", &format!("/exchange/{status}/{length}"), "", body)
        })
        .collect();
    exchanges.push(flow.get.clone());
    let verifier = ES256.verifier_from_jwk(&key()).expect("a key");
    let mut bare_connection = Connection::open(baseline.address);

    // Signing is the client's part, and done before the clock runs.
    let mut signed: Vec<Flow> = Vec::new();
    let mut round = 0;
    let all: Vec<Flow> = flows.take(flows_a_round * (ROUNDS + 1)).collect();
    signed.extend(all);
    let duel = Duel::fight(
        ROUNDS,
        || {
            for flow in &signed[round * flows_a_round..(round + 1) * flows_a_round] {
                publisher.carry_out(flow, &mut connection);
            }
            round += 1;
        },
        || {
            for _ in 0..flows_a_round {
                for exchange in &exchanges {
                    black_box(bare_connection.ask(exchange).status);
                }
                black_box(Sha256::digest(&publisher.content));
                let (message, signature) = &flow.signed;
                verifier.verify(message, signature).expect("good");
            }
        },
    );
    let (shortest, median) = duel.speed();
    let each = duel.shortest().0.as_secs_f64() * 1e6 / flows_a_round as f64;
    row(
        &format!("create, upload, publish, get; {} KiB", size >> 10),
        &format!("{each:.0} us"),
        &format!(
            "{shortest:.2} of four bare exchanges, SHA-256, ES256 (median {median:.2}; {TARGET} wanted){}",
            held(shortest.max(median) >= TARGET)
        ),
    );
}

/// The same flows over 16 connections and over one.
fn scale() {
    let publisher = Publisher::of(component(16 << 10));
    let flows = |prefix: &str| -> Vec<Flow> {
        (0..FLOWS * 4)
            .map(|number| publisher.flow(&format!("{prefix}-{number}")))
            .collect()
    };
    let registry = mock(MockRegistry::builder().seed(1));
    let mut one = Vec::new();
    let mut many = Vec::new();
    for round in 0..5 {
        one.push(carry_out(
            &publisher,
            registry.address,
            &flows(&format!("one-{round}")),
            1,
        ));
        many.push(carry_out(
            &publisher,
            registry.address,
            &flows(&format!("many-{round}")),
            16,
        ));
    }
    let best = |rates: &[f64]| rates.iter().copied().fold(0.0, f64::max);
    let (one, many) = (best(&one), best(&many));
    row(
        "flows a second, 16 connections",
        &format!("{many:.0}"),
        &format!(
            "{:.2} of one connection ({one:.0}); client and server share {} cores",
            many / one,
            thread::available_parallelism().map_or(1, usize::from)
        ),
    );
}

fn carry_out(publisher: &Publisher, address: SocketAddr, flows: &[Flow], threads: usize) -> f64 {
    let started = Instant::now();
    thread::scope(|scope| {
        for part in flows.chunks(flows.len().div_ceil(threads)) {
            scope.spawn(move || {
                let mut connection = Connection::open(address);
                for flow in part {
                    publisher.carry_out(flow, &mut connection);
                }
            });
        }
    });
    flows.len() as f64 / started.elapsed().as_secs_f64()
}
