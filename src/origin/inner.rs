use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::answer::Response;

/// The wiremock server behind the gateways. A gateway deposits an answer under a ticket, and asks for the ticket.
#[derive(Debug)]
pub(super) struct Inner {
    address: SocketAddr,
    deposits: Deposits,
    /// Serves as long as it lives.
    _server: MockServer,
}

type Deposits = Arc<Mutex<HashMap<String, Response>>>;

struct FromDeposits(Deposits);

impl Respond for FromDeposits {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let ticket = request.url.path().trim_start_matches('/');
        let deposit = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(ticket);
        let Some(response) = deposit else {
            return ResponseTemplate::new(404);
        };
        let template = ResponseTemplate::new(response.status)
            .set_body_raw(response.body.bytes.to_vec(), &response.body.media_type);
        response
            .headers
            .iter()
            .fold(template, |template, (name, value)| {
                template.append_header(name.as_str(), value.as_str())
            })
    }
}

impl Inner {
    pub(super) async fn start() -> Self {
        // Recorded requests would be kept for ever; the gateways record within bounds.
        let server = MockServer::builder()
            .disable_request_recording()
            .start()
            .await;
        let deposits = Deposits::default();
        Mock::given(any())
            .respond_with(FromDeposits(deposits.clone()))
            .mount(&server)
            .await;
        Self {
            address: *server.address(),
            deposits,
            _server: server,
        }
    }

    /// Has the server say `response`, and copies what it says to `target`.
    pub(super) async fn say<S: AsyncWrite + Unpin>(
        &self,
        response: Response,
        head_only: bool,
        target: &mut S,
    ) -> io::Result<()> {
        let ticket = format!("{:032x}", rand::random::<u128>());
        self.deposits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(ticket.clone(), response);
        let said = self.ask(&ticket, head_only, target).await;
        self.deposits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&ticket);
        said
    }

    async fn ask<S: AsyncWrite + Unpin>(
        &self,
        ticket: &str,
        head_only: bool,
        target: &mut S,
    ) -> io::Result<()> {
        let method = if head_only { "HEAD" } else { "GET" };
        let mut stream = TcpStream::connect(self.address).await?;
        let request =
            format!("{method} /{ticket} HTTP/1.1\r\nHost: content\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        tokio::io::copy(&mut stream, target).await?;
        target.flush().await
    }
}
