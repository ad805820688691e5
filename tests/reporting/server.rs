//! A server that takes the first create as a registry does, and answers what follows as a test likes.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Answers the n-th request, counted from 0 and without the first.
pub(crate) type Answer = dyn Fn(usize, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// A folder with a target file for it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    requests: Arc<AtomicUsize>,
}

impl Place {
    /// Serves as long as the process lives.
    pub(crate) fn new(
        answer: impl Fn(usize, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let (count, answer): (_, Arc<Answer>) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (count, answer) = (Arc::clone(&count), Arc::clone(&answer));
                thread::spawn(move || serve(connection, &count, &*answer));
            }
        });
        let folder = tempfile::tempdir().unwrap();
        // All that is declared, so that the preflight is one create.
        let target = format!(
            "registry: {url}\ncapabilities: {{upload: true, async: false}}\ndeadlines: {{exchange: 60s, processing: 1s, source: 1s}}\n"
        );
        std::fs::write(folder.path().join("target.yaml"), target).unwrap();
        Self { folder, requests }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until so many requests, the first included, have come.
    pub(crate) fn wait_for(&self, requests: usize) {
        while self.requests.load(Ordering::SeqCst) < requests {
            thread::yield_now();
        }
    }
}

fn serve(mut connection: TcpStream, count: &AtomicUsize, answer: &Answer) {
    while let Some(()) = read(&mut connection) {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let served = match number.checked_sub(1) {
            None => unpublished(&mut connection),
            Some(number) => answer(number, &mut connection),
        };
        if served.is_err() {
            return;
        }
    }
}

/// Reads off one request; none at the end.
fn read(connection: &mut TcpStream) -> Option<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let head = request.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = head {
            let text = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let declared = text
                .split("content-length:")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if request.len() - end - 4 >= declared {
                return Some(());
            }
        }
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(length) => request.extend_from_slice(&buffer[..length]),
        }
    }
}

fn unpublished(connection: &mut TcpStream) -> std::io::Result<()> {
    document(
        connection,
        "201 Created",
        br#"{"status":"pending","release":{},"uploadUrl":"upload"}"#,
    )
}

/// Answers with a document.
pub(crate) fn document(to: &mut TcpStream, status: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(
        to,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )?;
    to.write_all(body)
}

/// Keeps a request waiting until whoever sent it is gone.
pub(crate) fn silence(to: &mut TcpStream) -> std::io::Result<()> {
    to.read_to_end(&mut Vec::new()).map(drop)
}
