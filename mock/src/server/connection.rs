//! One connection.

use std::sync::Arc;

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};

use super::{
    App, Origin,
    activity::Activity,
    answering::{Accounted, Answering},
    explained::Explained,
    script::{Resettable, TakenOver, Takeover},
};

/// Bytes of a head; more is 431, or 414 where the target alone is too long.
const HEAD: usize = 96 << 10;

/// Serves a connection until it ends, or until the server does and the request under way is answered.
pub(super) async fn serve<S>(
    app: Arc<App>,
    origin: Arc<Origin>,
    stream: S,
    activity: Arc<Activity>,
    mut stopping: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Resettable + Unpin + Send + 'static,
{
    let prefix = app.sessions().root().config.problem_type_prefix.clone();
    let takeover = Takeover::default();
    let taking_over = takeover.clone();
    let fails = app.sessions().root().policy.crash.broken_heads;
    let answering = Arc::new(Answering::default());
    let stream = Explained::new(stream, activity.clone(), answering.clone(), prefix, fails);
    let service = service_fn(move |request| {
        let (app, origin, takeover) = (app.clone(), origin.clone(), taking_over.clone());
        let activity = activity.clone();
        activity.works();
        let under_way = answering.begin();
        async move {
            let answer = app.serve(&origin, request, &activity, &takeover).await?;
            activity.waits();
            Ok::<_, TakenOver>(answer.map(|body| Accounted::new(body, under_way)))
        }
    });
    let mut connection = http1::Builder::new()
        // Who waits too long is ended from outside, by what the connection is doing.
        .header_read_timeout(None)
        .max_buf_size(HEAD)
        // A client may end its half after the request, and still read the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        biased;
        // Broken requests and connections are the client's trouble; hyper has answered what can be answered.
        _ = &mut connection => {}
        () = stopped(&mut stopping) => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
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
