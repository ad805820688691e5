//! The servers that are compared, each on a runtime of its own of the same shape.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    routing::{get, post},
};
use mock_registry::{MockRegistry, MockRegistryBuilder};
use tokio::{net::TcpListener, runtime::Runtime};

/// A server with the runtime that it runs on.
pub(crate) struct Served<T> {
    pub(crate) address: SocketAddr,
    _runtime: Runtime,
    _server: T,
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The mock.
pub(crate) fn mock(builder: MockRegistryBuilder) -> Served<MockRegistry> {
    let runtime = runtime();
    let server = runtime.block_on(builder.start()).expect("a registry");
    Served {
        address: ([127, 0, 0, 1], server.port()).into(),
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
    let runtime = runtime();
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
        _runtime: runtime,
        _server: (),
    }
}
