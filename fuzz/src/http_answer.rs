//! Octets that the harness gets for an answer, read by both of its senders.

use std::{cell::RefCell, time::Duration};

use registry_conformance::wire::{
    Answer, Client, Ending, RawRequest, Request, WireError, WireOptions,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    runtime::Runtime,
};
use url::Url;

/// The most octets of a body that are read here.
const MAX_BODY: usize = 64 * 1024;

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::start());
}

/// Answers a request with the octets and closes the connection: at once and in pieces, to the sender that reads for itself and to the one
/// that is reqwest. The first octet says how large the pieces are, and whether the request was HEAD.
///
/// # Panics
///
/// When it matters in which pieces the octets come; when the two senders both take the answer for whole and do not read the same; or when
/// more than the limit is kept.
pub fn run(data: &[u8]) {
    let Some((&how, octets)) = data.split_first() else {
        return;
    };
    let method = if how & 1 == 1 { "HEAD" } else { "GET" };
    WORLD.with_borrow(|world| {
        let direct = |size| {
            let mut answer = world.direct(method, octets, size);
            // What follows the end is looked for after HEAD alone.
            if let (Ok(answer), "GET") = (&mut answer, method) {
                answer.surplus = 0;
            }
            answer
        };
        let whole = direct(octets.len().max(1));
        let in_pieces = direct(1 + usize::from(how >> 1));
        assert_eq!(in_pieces, whole, "in pieces");
        let Ok(whole) = whole else {
            return;
        };
        assert!(whole.body.len() <= MAX_BODY);
        assert!((100..=999).contains(&whole.status));
        assert!(whole.complete != whole.trouble.is_some(), "{whole:?}");
        assert!(method == "GET" || whole.body.is_empty());
        if method == "GET"
            && let Ok(pooled) = world.pooled(octets)
            && whole.complete
            && pooled.complete
            // The library passes over codings beside octets that are no ASCII.
            && whole.headers_named("transfer-encoding").all(<[u8]>::is_ascii)
        {
            let fields = |answer: &Answer| {
                let mut fields: Vec<_> = answer
                    .headers
                    .iter()
                    .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
                    .collect();
                // The library gives those of one name together.
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                fields
            };
            assert_eq!(pooled.status, whole.status);
            assert_eq!(fields(&pooled), fields(&whole));
            assert_eq!(pooled.body, whole.body);
        }
    });
}

/// One thread that answers and asks.
struct World {
    runtime: Runtime,
    listener: TcpListener,
    client: Client,
    url: Url,
}

impl World {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let options = WireOptions {
            exchange_deadline: Duration::from_secs(5),
            max_body: MAX_BODY,
            retry_budget: Duration::ZERO,
            ..WireOptions::default()
        };
        let client = {
            let _guard = runtime.enter();
            Client::new(&options).expect("a client")
        };
        Self {
            runtime,
            listener,
            client,
            url: Url::parse(&format!("http://{address}/")).expect("a URL"),
        }
    }

    fn direct(&self, method: &str, octets: &[u8], size: usize) -> Result<Answer, WireError> {
        let head = format!("{method} / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        let request = RawRequest {
            name: "read".to_owned(),
            origin: self.url.clone(),
            pieces: vec![head.into_bytes().into()],
            ending: Ending::KeepOpen,
        };
        self.runtime.block_on(async {
            tokio::select! {
                () = self.serve(octets, size) => unreachable!("it serves for ever"),
                exchange = self.client.send_raw(&request) => exchange.answer,
            }
        })
    }

    fn pooled(&self, octets: &[u8]) -> Result<Answer, WireError> {
        let request = Request::new("read", "GET", self.url.clone());
        self.runtime.block_on(async {
            tokio::select! {
                () = self.serve(octets, octets.len().max(1)) => unreachable!("it serves for ever"),
                exchange = self.client.send(&request) => exchange.answer,
            }
        })
    }

    /// Answers every connection with the octets, in pieces of that size, and closes it.
    async fn serve(&self, octets: &[u8], size: usize) {
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else {
                continue;
            };
            let _ = stream.set_nodelay(true);
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            for piece in octets.chunks(size) {
                if stream.write_all(piece).await.is_err() {
                    break;
                }
                if size < octets.len() {
                    // The reader has its turn.
                    tokio::task::yield_now().await;
                }
            }
            let _ = stream.shutdown().await;
            // What the client still sends must not turn the end into a reset.
            let mut rest = [0; 4096];
            while matches!(stream.read(&mut rest).await, Ok(length) if length > 0) {}
        }
    }
}
