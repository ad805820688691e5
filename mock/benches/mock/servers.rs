//! The servers that are compared, each on a runtime of its own of the same shape.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    routing::{get, post},
};
use mock_registry::{MockRegistry, MockRegistryBuilder};
use tokio::{net::TcpListener, runtime::Runtime};

/// Names of the threads, which tell whose time is spent.
const MOCK: &str = "mock";
const BARE: &str = "bare";

/// A server with the runtime that it runs on.
pub(crate) struct Served<T> {
    pub(crate) address: SocketAddr,
    threads: &'static str,
    _runtime: Runtime,
    _server: T,
}

impl<T> Served<T> {
    /// Time that its threads have spent on a processor.
    pub(crate) fn worked(&self) -> Duration {
        let tasks = std::fs::read_dir("/proc/self/task");
        let spent = tasks.into_iter().flatten().flatten().filter_map(|task| {
            let read = |file| std::fs::read_to_string(task.path().join(file)).ok();
            let is_own = read("comm")?.trim() == self.threads;
            let spent = read("schedstat").filter(|_| is_own)?;
            spent.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(spent.sum())
    }
}

fn runtime(threads: &str) -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .thread_name(threads)
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The mock.
pub(crate) fn mock(builder: MockRegistryBuilder) -> Served<MockRegistry> {
    let runtime = runtime(MOCK);
    let server = runtime.block_on(builder.start()).expect("a registry");
    Served {
        address: ([127, 0, 0, 1], server.port()).into(),
        threads: MOCK,
        _runtime: runtime,
        _server: server,
    }
}

/// A bare axum route that always gives this answer to GET, and takes a body and gives as many octets as the path says to POST.
pub(crate) fn bare(fields: &[(String, String)], body: Bytes) -> Served<()> {
    let headers: HeaderMap = fields
        .iter()
        .map(|(name, value)| {
            let name = HeaderName::try_from(name).expect("a name");
            (name, HeaderValue::try_from(value).expect("a value"))
        })
        .collect();
    let answer = move || async move { (headers, body) };
    let exchange = |axum::extract::Path((status, length)): axum::extract::Path<(u16, usize)>,
                    body: Bytes| async move {
        drop(body);
        let status = StatusCode::from_u16(status).expect("a status");
        (status, vec![b' '; length])
    };
    let router = Router::new()
        .route("/components/{name}/{version}", get(answer))
        .route("/exchange/{status}/{length}", post(exchange))
        .layer(axum::extract::DefaultBodyLimit::disable());
    let runtime = runtime(BARE);
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move {
        use axum::serve::ListenerExt as _;
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        axum::serve(listener, router).await
    });
    Served {
        address,
        threads: BARE,
        _runtime: runtime,
        _server: (),
    }
}
