//! Uploads of 64 MiB against the hash that they can not do without.

use std::{hint::black_box, time::Duration};

use sha2::{Digest, Sha256};

use crate::{
    figures::{held, least, row, timed},
    process::Program,
    publisher::{Publisher, component},
};

const SIZE: usize = 64 << 20;
const ROUNDS: usize = 7;
const SPEED: f64 = 0.5;
/// What the process may take beside the content and what it starts with, which are pages of its program more than anything else.
const MEMORY: u64 = 8 << 20;

pub(crate) fn run() {
    let publisher = Publisher::of(component(SIZE));
    let (mut hashing, mut uploading, mut working) = (Vec::new(), Vec::new(), Vec::new());
    let mut most = 0;
    for round in 0..ROUNDS {
        hashing.push(timed(|| {
            black_box(Sha256::digest(&publisher.content));
        }));
        let program = Program::start(&[]);
        let idle = program.resident();
        let mut connection = program.connect();
        let flow = publisher.flow(&format!("upload-{round}"));
        let created = connection.ask(&flow.create).expect(201);
        let url = created.text_of("uploadUrl").expect("a place");
        let path = url.splitn(4, '/').nth(3).expect("a path");
        let upload = publisher.upload(&format!("/{path}"));
        let before = program.worked();
        uploading.push(timed(|| {
            connection.ask(&upload).expect(204);
        }));
        working.push(program.worked().saturating_sub(before));
        most = most.max(program.most_resident() - idle);
    }
    let speed = |time: Duration| SIZE as f64 / time.as_secs_f64() / f64::from(1 << 20);
    let (hashed, uploaded) = (least(&hashing), least(&uploading));
    let ratio = hashed.as_secs_f64() / uploaded.as_secs_f64();
    row(
        "upload of 64 MiB",
        &format!("{:.0} MiB/s", speed(uploaded)),
        &format!(
            "{ratio:.2} of SHA-256 alone, {:.0} MiB/s ({SPEED} wanted){}",
            speed(hashed),
            held(ratio >= SPEED)
        ),
    );
    let (worked, hashed) = (least(&working), least(&hashing));
    row(
        "processor time of the server for it",
        &format!("{:.0} ms", worked.as_secs_f64() * 1000.0),
        &format!(
            "{:.2} of SHA-256 alone; what it waits for the client, and others take, left out",
            hashed.as_secs_f64() / worked.as_secs_f64()
        ),
    );
    row(
        "the most memory of that process, beyond its start",
        &format!("{:.1} MiB", most as f64 / f64::from(1 << 20)),
        &format!(
            "content and {} MiB wanted{}",
            MEMORY >> 20,
            held(most <= SIZE as u64 + MEMORY)
        ),
    );
}
