//! What clients that mean harm can make the program take: meanwhile and after each of them others are answered soon, within bounds of
//! memory that follow from the limits of the program (`README.md`, "Limits").

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{
    figures::{held, row},
    process::Program,
    publisher::{Publisher, component},
    wire::{Connection, get, request},
};

const MIB: u64 = 1 << 20;
const KIB: u64 = 1 << 10;
/// All that is kept or on its way.
const ROOM: u64 = (256 + 64) * MIB;
const OPTIONS: [&str; 4] = ["--max-storage", "256 MiB", "--max-in-flight", "64 MiB"];
/// The program itself, and what the allocator keeps of what it had.
const PROGRAM: u64 = 32 * MIB;
/// A connection: its task, its buffers while they are small.
const CONNECTION: u64 = 32 * KIB;
/// The most of a head, or of a piece of a body, that a connection has in its buffer, which doubles while it grows.
const BUFFER: u64 = 128 * KIB;
/// How long others wait at most for an answer meanwhile, with the clients of the attack on the same processors: less than their system
/// waits before it tries a connection again that found no place in the queue.
const SOON: Duration = Duration::from_secs(1);

/// One way to do harm.
struct Attack {
    what: &'static str,
    /// The most that may be resident.
    bound: u64,
    /// Where that comes from.
    why: &'static str,
    /// What stays open is given back.
    carry_out: fn(SocketAddr) -> Vec<TcpStream>,
}

const ATTACKS: [Attack; 15] = [
    Attack {
        what: "8,000 connections that say nothing",
        bound: PROGRAM + 4096 * CONNECTION,
        why: "4,096 connections",
        carry_out: |address| open(address, 8000, |_| Vec::new()),
    },
    Attack {
        what: "3,000 heads of 90 KB without an end",
        bound: PROGRAM + 3000 * (CONNECTION + BUFFER),
        why: "3,000 buffers",
        carry_out: |address| {
            open(address, 3000, |_| {
                let mut head = b"GET / HTTP/1.1\r\nhost: a\r\nx: ".to_vec();
                head.resize(90_000, b'x');
                head
            })
        },
    },
    Attack {
        what: "1,000 requests at a time, no answer taken, 500 x",
        bound: PROGRAM + 500 * (CONNECTION + BUFFER),
        why: "500 buffers",
        carry_out: |address| {
            let requests = get("/components/a.test:b/v1.0.0").repeat(1000);
            open(address, 500, move |_| requests.clone())
        },
    },
    Attack {
        what: "2,000 uploads of 64 MiB that stop at 1 MiB",
        bound: PROGRAM + ROOM + 2000 * (CONNECTION + BUFFER),
        why: "the room, 2,000 buffers",
        carry_out: |address| {
            let path = pending(address, "stops");
            let mut beginning = request("POST", &path, OWNER, b"");
            beginning = String::from_utf8_lossy(&beginning)
                .replace("content-length: 0", "content-length: 67108864")
                .into_bytes();
            beginning.resize(beginning.len() + (1 << 20), 0);
            open(address, 2000, move |_| beginning.clone())
        },
    },
    Attack {
        what: "3,000 downloads of 32 MiB that nobody takes",
        bound: PROGRAM + 32 * MIB + 3000 * CONNECTION,
        why: "the content, 3,000 connections",
        carry_out: |address| {
            let publisher = Publisher::of(component(32 << 20));
            let flow = publisher.flow("large");
            let mut connection = Connection::open(address);
            publisher.carry_out(&flow, &mut connection);
            let content = get("/components/conformance-owner.test:large/v1.0.0/content");
            open(address, 3000, move |_| content.clone())
        },
    },
    Attack {
        what: "200 canned answers of 8 MiB",
        bound: PROGRAM + 64 * MIB + 5 * 8 * MIB,
        why: "the room for them, one as body, value, state, text",
        carry_out: |address| {
            let answer = format!(
                r#"{{"path": "none", "answer": {{"text": "{}"}}}}"#,
                "x".repeat(8 << 20)
            );
            for _ in 0..200 {
                let set = request("POST", "/__admin/answers", "", answer.as_bytes());
                let status = Connection::open(address).ask(&set).status;
                assert!([201, 507].contains(&status), "{status}");
            }
            let clear = request("DELETE", "/__admin/answers", "", b"");
            Connection::open(address).ask(&clear).expect(204);
            Vec::new()
        },
    },
    Attack {
        what: "1,000 sessions with 100 KB of requests each",
        bound: PROGRAM + 4 * 16 * MIB + 1000 * 48 * KIB,
        why: "the journals, 1,000 sessions",
        carry_out: |address| {
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
        },
    },
    Attack {
        what: "content until it is full",
        bound: PROGRAM + ROOM,
        why: "the room",
        carry_out: |address| {
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
        },
    },
    Attack {
        what: "archives of 100,000 empty entries, 32 x",
        bound: PROGRAM + ROOM + 32 * BUFFER,
        why: "the room, which entries take too",
        carry_out: |address| {
            let archive = archive(100_000);
            let manifest = format!(
                r#"{{"packageType": "component", "name": "conformance-owner.test:entries", "version": "1.0.0",
                "mediaType": "application/x-tar", "contentDigest": {{"sha256": "{}"}}}}"#,
                "0".repeat(64)
            );
            let path = created(
                address,
                &request("POST", "/releases", OWNER_JSON, manifest.as_bytes()),
            );
            let upload = request("POST", &path, OWNER_TAR, &archive);
            at_once(32, || {
                let status = Connection::open(address).ask(&upload).status;
                assert!([422, 507].contains(&status), "{status}");
            });
            Vec::new()
        },
    },
    Attack {
        what: "100 readers of the state of 10,000 releases",
        bound: PROGRAM + 10_000 * 3 * KIB + 100 * 2 * BUFFER,
        why: "the releases and the journal, 100 pieces",
        carry_out: |address| {
            create_many(address, 10_000);
            at_once(100, || {
                assert!(read_all(address, &ask_and_close("GET", "state", b"")) > 10_000 * 300);
            });
            Vec::new()
        },
    },
    Attack {
        what: "16 readers of a full journal, by what is in it",
        bound: PROGRAM + 2 * 16 * MIB + 16 * 2 * BUFFER,
        why: "the journal, 16 pieces",
        carry_out: |address| {
            let mut connection = Connection::open(address);
            let document = format!("{{\"x\": [{}1]}}", "1,".repeat(2000));
            for _ in 0..4000 {
                let create = request("POST", "/releases", OWNER_JSON, document.as_bytes());
                connection.ask(&create);
            }
            let matcher = br#"{"problem": "malformed-manifest", "body": {"x": [1]}}"#;
            at_once(16, || {
                read_all(address, &ask_and_close("POST", "requests/count", matcher));
                read_all(address, &ask_and_close("POST", "requests/find", matcher));
                read_all(address, &ask_and_close("GET", "requests", b""));
            });
            Vec::new()
        },
    },
    Attack {
        what: "control and manifests of a million values, 32 x",
        bound: PROGRAM + ROOM + 100 * MIB,
        why: "the room, one document as values",
        carry_out: |address| {
            let values = format!("[{}1]", "1,".repeat(1_000_000));
            let faults = ask_and_close("POST", "faults", values.as_bytes());
            let manifest = format!("{{\"x\": [{}1]}}", "1,".repeat(500_000));
            let create = request("POST", "/releases", OWNER_JSON, manifest.as_bytes());
            at_once(32, || {
                for _ in 0..4 {
                    assert!(read_all(address, &faults) > 0);
                    assert!(Connection::open(address).ask(&create).status >= 400);
                }
            });
            Vec::new()
        },
    },
    Attack {
        what: "8 uploads with a chunk size of zeros without end",
        bound: PROGRAM + 8 * (CONNECTION + BUFFER),
        why: "8 buffers",
        carry_out: |address| {
            let path = pending(address, "zeros");
            let beginning = request("POST", &path, OWNER, b"");
            let beginning = String::from_utf8_lossy(&beginning)
                .replace("content-length: 0", "transfer-encoding: chunked");
            at_once(8, || {
                let mut stream = TcpStream::connect(address).expect("a connection");
                stream.write_all(beginning.as_bytes()).expect("a server");
                forever(&mut stream, &[b'0'; 64 << 10]);
            });
            Vec::new()
        },
    },
    Attack {
        what: "16 publishes by hosts that answer 100 without end",
        bound: PROGRAM + 16 * 2 * BUFFER,
        why: "32 buffers",
        carry_out: |address| {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            let host = listener.local_addr().expect("an address");
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    thread::spawn(move || {
                        let mut stream = stream;
                        forever(&mut stream, &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000));
                    });
                }
            });
            let publisher = Publisher::of(component(0));
            let number = AtomicUsize::new(0);
            at_once(16, || {
                let name = format!("hosted-{}", number.fetch_add(1, Ordering::Relaxed));
                let flow = publisher.flow(&name);
                let mut connection = Connection::open(address);
                connection.ask(&flow.create).expect(201);
                let source =
                    format!(r#"{{"contentSources": [{{"url": "http://{host}/{name}"}}]}}"#);
                let path =
                    format!("/components/conformance-owner.test:{name}/v1.0.0/content-sources");
                let add = request("POST", &path, OWNER_JSON, source.as_bytes());
                let added = connection.ask(&add).status;
                assert!((200..300).contains(&added), "{added}");
                connection.ask(&flow.publish).expect(422);
            });
            Vec::new()
        },
    },
    Attack {
        what: "50 changes of the clock, 50,000 releases",
        bound: PROGRAM + 50_000 * 3 * KIB,
        why: "the releases and the journal",
        carry_out: |address| {
            create_many(address, 50_000);
            let advance = request(
                "PUT",
                "/__admin/clock",
                OWNER_JSON,
                br#"{"action": "advance", "by": "1s"}"#,
            );
            at_once(50, || {
                Connection::open(address).ask(&advance).expect(200);
            });
            Vec::new()
        },
    },
];

const OWNER: &str = "authorization: Bearer conformance-owner\r\ncontent-type: application/wasm\r\n";
const OWNER_TAR: &str =
    "authorization: Bearer conformance-owner\r\ncontent-type: application/x-tar\r\n";
const OWNER_JSON: &str =
    "authorization: Bearer conformance-owner\r\ncontent-type: application/json\r\n";

pub(crate) fn run() {
    for attack in ATTACKS {
        let program = Program::start(&OPTIONS);
        let (hanging, waited) = watched(program.address, attack.carry_out);
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
            attack.what,
            &format!("{} MiB", most / MIB),
            &format!(
                "{} MiB at most ({}); others waited {:.0} ms at most, {:.0} ms afterwards{}",
                attack.bound / MIB,
                attack.why,
                waited.as_secs_f64() * 1000.0,
                took.as_secs_f64() * 1000.0,
                held(most <= attack.bound && waited.max(took) <= SOON)
            ),
        );
        drop(hanging);
    }
}

/// Carries an attack out while others come and read a release that is not there; the longest wait of theirs.
fn watched(
    address: SocketAddr,
    carry_out: fn(SocketAddr) -> Vec<TcpStream>,
) -> (Vec<TcpStream>, Duration) {
    let over = AtomicBool::new(false);
    let read = get("/components/a.test:b/v1.0.0");
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            while !over.load(Ordering::Relaxed) {
                let began = Instant::now();
                Connection::open(address).ask(&read).expect(404);
                longest = longest.max(began.elapsed());
                thread::sleep(Duration::from_millis(2));
            }
            longest
        });
        let hanging = carry_out(address);
        over.store(true, Ordering::Relaxed);
        (hanging, watch.join().expect("it is answered"))
    })
}

/// Does something so many times at the same time.
fn at_once(count: usize, act: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(&act);
        }
    });
}

/// Says the same again and again for some seconds, or until nobody listens.
fn forever(to: &mut TcpStream, octets: &[u8]) {
    const LONG: Duration = Duration::from_secs(5);
    let began = Instant::now();
    let _ = to.set_write_timeout(Some(LONG));
    while began.elapsed() < LONG && to.write_all(octets).is_ok() {}
}

/// A request for control, after whose answer the connection ends.
fn ask_and_close(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let path = format!("/__admin/{path}");
    request(method, &path, "connection: close\r\n", body)
}

/// How many octets are answered until the connection ends.
fn read_all(address: SocketAddr, octets: &[u8]) -> usize {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(octets).expect("a server");
    let (mut buffer, mut all) = (vec![0; 64 << 10], 0);
    loop {
        match stream.read(&mut buffer).expect("an answer") {
            0 => return all,
            read => all += read,
        }
    }
}

/// An archive of so many entries without content.
fn archive(entries: usize) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for number in 0..entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(0);
        builder
            .append_data(&mut header, number.to_string(), &[] as &[u8])
            .expect("an entry");
    }
    builder.into_inner().expect("an archive")
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

/// So many releases that wait for their content.
fn create_many(address: SocketAddr, count: usize) {
    let publisher = Publisher::of(component(0));
    let mut connection = Connection::open(address);
    for number in 0..count {
        let flow = publisher.flow(&format!("many-{number}"));
        connection.ask(&flow.create).expect(201);
    }
}

/// The path to upload to of a new release.
fn pending(address: SocketAddr, name: &str) -> String {
    created(address, &Publisher::of(component(0)).flow(name).create)
}

fn created(address: SocketAddr, create: &[u8]) -> String {
    let mut connection = Connection::open(address);
    let created = connection.ask(create).expect(201);
    let url = created.text_of("uploadUrl").expect("a place");
    format!("/{}", url.splitn(4, '/').nth(3).expect("a path"))
}
