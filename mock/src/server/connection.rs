//! One connection.

use std::{sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};

use super::{
    App, Origin,
    explained::Explained,
    script::{Resettable, Takeover},
};

/// How long the head of a request may take, and an idle connection stays open.
const HEAD_TIMEOUT: Duration = Duration::from_mins(1);

/// Serves a connection until it ends, or until the server does and the request under way is answered.
pub(super) async fn serve<S>(
    app: Arc<App>,
    origin: Arc<Origin>,
    stream: S,
    mut stopping: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Resettable + Unpin + Send + 'static,
{
    let prefix = app.sessions().root().config.problem_type_prefix.clone();
    let takeover = Takeover::default();
    let taking_over = takeover.clone();
    let fails = app.sessions().root().policy.crash.broken_heads;
    let service = service_fn(move |request| {
        let (app, origin, takeover) = (app.clone(), origin.clone(), taking_over.clone());
        async move { app.serve(&origin, request, &takeover).await }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        // A client may end its half after the request, and still read the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(Explained::new(stream, prefix, fails)), service);
    tokio::select! {
        // Broken requests and connections are the client's trouble; hyper has answered what can be answered.
        _ = &mut connection => {}
        () = stopped(&mut stopping) => {
            Pin::new(&mut connection).graceful_shutdown();
            let _ = (&mut connection).await;
        }
    }
    if let Some(script) = takeover.take() {
        let stream = connection.into_parts().io.into_inner().into_inner();
        script.perform(stream).await;
    }
}

/// Returns when the server stops.
pub(super) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is gone, which ends it as well.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
