//! What clients that mean harm can make the program take: after each of them it has to answer at once, within bounds of memory.

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::{
    figures::{held, row},
    process::Program,
    publisher::{Publisher, component},
    wire::{Connection, get, request},
};

/// What the program may take beside the room that its options give: `--max-storage` and `--max-in-flight`.
const BESIDE: u64 = 512 << 20;
const ROOM: u64 = (256 + 64) << 20;
const OPTIONS: [&str; 4] = ["--max-storage", "256 MiB", "--max-in-flight", "64 MiB"];
const SOON: Duration = Duration::from_secs(2);

type Attack = fn(SocketAddr) -> Vec<TcpStream>;

const ATTACKS: [(&str, Attack); 8] = [
    ("8,000 connections that say nothing", |address| {
        open(address, 8000, |_| Vec::new())
    }),
    ("3,000 heads of 90 KB without an end", |address| {
        open(address, 3000, |_| {
            let mut head = b"GET / HTTP/1.1\r\nhost: a\r\nx: ".to_vec();
            head.resize(90_000, b'x');
            head
        })
    }),
    (
        "1,000 requests at a time, no answer taken, 500 x",
        |address| {
            let requests = get("/components/a.test:b/v1.0.0").repeat(1000);
            open(address, 500, move |_| requests.clone())
        },
    ),
    ("2,000 uploads of 64 MiB that stop at 1 MiB", |address| {
        let path = pending(address, "stops");
        let mut beginning = request("POST", &path, OWNER, b"");
        beginning = String::from_utf8_lossy(&beginning)
            .replace("content-length: 0", "content-length: 67108864")
            .into_bytes();
        beginning.resize(beginning.len() + (1 << 20), 0);
        open(address, 2000, move |_| beginning.clone())
    }),
    ("3,000 downloads of 32 MiB that nobody takes", |address| {
        let publisher = Publisher::of(component(32 << 20));
        let flow = publisher.flow("large");
        let mut connection = Connection::open(address);
        publisher.carry_out(&flow, &mut connection);
        let content = get("/components/conformance-owner.test:large/v1.0.0/content");
        open(address, 3000, move |_| content.clone())
    }),
    ("200 canned answers of 8 MiB", |address| {
        let answer = format!(r#"{{"answer": {{"text": "{}"}}}}"#, "x".repeat(8 << 20));
        for _ in 0..200 {
            let set = request("POST", "/__admin/answers", "", answer.as_bytes());
            let status = Connection::open(address).ask(&set).status;
            assert!([201, 507].contains(&status), "{status}");
        }
        let clear = request("DELETE", "/__admin/answers", "", b"");
        Connection::open(address).ask(&clear).expect(204);
        Vec::new()
    }),
    ("1,000 sessions with 100 KB of requests each", |address| {
        let mut connection = Connection::open(address);
        for _ in 0..1000 {
            let make = request("POST", "/__admin/sessions", "", b"");
            let made = connection.ask(&make).expect(201);
            let url = made.text_of("url").expect("a URL").to_owned();
            let path = format!("/{}releases", url.splitn(4, '/').nth(3).expect("a path"));
            let document = format!("{{\"x\": \"{}\"}}", "x".repeat(10_000));
            for _ in 0..10 {
                let create = request("POST", &path, OWNER_JSON, document.as_bytes());
                connection.ask(&create);
            }
        }
        Vec::new()
    }),
    ("content until it is full", |address| {
        let mut connection = Connection::open(address);
        let publisher = Publisher::of(component(32 << 20));
        let mut refused = 0;
        for number in 0..20 {
            let flow = publisher.flow(&format!("full-{number}"));
            let created = connection.ask(&flow.create).expect(201);
            let url = created.text_of("uploadUrl").expect("a place").to_owned();
            let path = format!("/{}", url.splitn(4, '/').nth(3).expect("a path"));
            let status = Connection::open(address)
                .ask(&publisher.upload(&path))
                .status;
            assert!([204, 507].contains(&status), "{status}");
            refused += u32::from(status == 507);
        }
        assert!(refused > 0, "it is never full");
        Vec::new()
    }),
];

const OWNER: &str = "authorization: Bearer conformance-owner\r\ncontent-type: application/wasm\r\n";
const OWNER_JSON: &str =
    "authorization: Bearer conformance-owner\r\ncontent-type: application/json\r\n";

pub(crate) fn run() {
    for (what, attack) in ATTACKS {
        let program = Program::start(&OPTIONS);
        let hanging = attack(program.address);
        let began = Instant::now();
        let health = get("/__admin/health");
        program.connect().ask(&health).expect(200);
        // And a publisher is served as ever, where there is room.
        let publisher = Publisher::of(component(0));
        let flow = publisher.flow("after");
        let created = program.connect().ask(&flow.create).status;
        assert!([201, 507].contains(&created), "{created}");
        let took = began.elapsed();
        let most = program.most_resident();
        row(
            what,
            &format!("{:.0} MiB", most as f64 / f64::from(1 << 20)),
            &format!(
                "{} MiB wanted at most; then answers within {:.0} ms{}",
                (ROOM + BESIDE) >> 20,
                took.as_secs_f64() * 1000.0,
                held(most <= ROOM + BESIDE && took <= SOON)
            ),
        );
        drop(hanging);
    }
}

/// So many connections on which as much is sent as the other side takes.
fn open(address: SocketAddr, count: usize, say: impl Fn(usize) -> Vec<u8>) -> Vec<TcpStream> {
    (0..count)
        .filter_map(|number| {
            let mut stream = TcpStream::connect(address).ok()?;
            stream
                .set_write_timeout(Some(Duration::from_millis(50)))
                .ok()?;
            // What is refused or not taken is the point.
            let _ = stream.write_all(&say(number));
            Some(stream)
        })
        .collect()
}

/// The path to upload to of a new release.
fn pending(address: SocketAddr, name: &str) -> String {
    let flow = Publisher::of(component(0)).flow(name);
    let mut connection = Connection::open(address);
    let created = connection.ask(&flow.create).expect(201);
    let url = created.text_of("uploadUrl").expect("a place");
    format!("/{}", url.splitn(4, '/').nth(3).expect("a path"))
}
