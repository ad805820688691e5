//! GET of a release against a bare axum route with the same octets.

use axum::body::Bytes;
use mock_registry::MockRegistry;

use crate::{
    figures::{Duel, held, row},
    publisher::{Publisher, component},
    servers::{bare, mock},
    wire::Connection,
};

const ROUNDS: usize = 15;
const REQUESTS: usize = 8000;
const TARGET: f64 = 0.9;

pub(crate) fn run() {
    let registry = mock(MockRegistry::builder().seed(1));
    let publisher = Publisher::of(component(1 << 10));
    let flow = publisher.flow("read");
    let mut first = Connection::open(registry.address);
    publisher.carry_out(&flow, &mut first);
    let answer = first.ask(&flow.get).expect(200);
    let (fields, body) = parts(answer.octets, answer.body());
    let baseline = bare(&fields, body);
    let lengths = [registry.address, baseline.address].map(|address| {
        Connection::open(address)
            .ask(&flow.get)
            .expect(200)
            .octets
            .len()
    });
    assert_eq!(lengths[0], lengths[1], "both give the same octets");

    for connections in [1, 16] {
        let open = |address| -> Vec<Connection> {
            (0..connections)
                .map(|_| Connection::open(address))
                .collect()
        };
        let (mut ours, mut theirs) = (open(registry.address), open(baseline.address));
        let go_round = |connections: &mut Vec<Connection>| {
            for _ in 0..REQUESTS / connections.len() {
                for connection in connections.iter_mut() {
                    connection.send(&flow.get);
                }
                for connection in connections.iter_mut() {
                    connection.receive_exactly(lengths[0]);
                }
            }
        };
        go_round(&mut ours);
        go_round(&mut theirs);
        let before = (registry.worked(), baseline.worked());
        let duel = Duel::fight(ROUNDS, || go_round(&mut ours), || go_round(&mut theirs));
        let (shortest, median) = duel.speed();
        let each = duel.shortest().0.as_secs_f64() * 1e6 / REQUESTS as f64;
        row(
            &format!("GET of a release, connections: {connections}"),
            &format!("{each:.1} us"),
            &format!(
                "{shortest:.2} of a bare axum route (median {median:.2}; {TARGET} wanted){}",
                held(shortest.max(median) >= TARGET)
            ),
        );
        let worked = [
            registry.worked().saturating_sub(before.0),
            baseline.worked().saturating_sub(before.1),
        ]
        .map(|worked| worked.as_secs_f64() * 1e6 / (ROUNDS * REQUESTS) as f64);
        row(
            "processor time of the server for each",
            &format!("{:.1} us", worked[0]),
            &format!(
                "{:.2} of the route's {:.1} us; what the client takes left out",
                worked[1] / worked[0],
                worked[1]
            ),
        );
    }
}

/// Header fields, less those that a server adds by itself, and the body.
fn parts(octets: &[u8], body: &[u8]) -> (Vec<(String, String)>, Bytes) {
    let head = String::from_utf8_lossy(&octets[..octets.len() - body.len()]).into_owned();
    let fields = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .filter(|(name, _)| !["date", "content-length"].contains(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    (fields, Bytes::copy_from_slice(body))
}
