use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::Body;
use super::answer::{End, Raw};

/// What an endless body comes to, in bytes: whoever reads so much has no limit.
const ENDLESS: u64 = 1 << 30;

/// How the connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Orderly.
    Close,
    /// With a reset.
    Reset,
}

/// Plays an answer on the socket.
pub(super) async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    answer: &Raw,
    head_only: bool,
) -> io::Result<Ending> {
    match answer {
        Raw::Reset => return Ok(Ending::Reset),
        Raw::Close => {}
        Raw::Stall => until_closed(stream).await,
        Raw::Garbage => stream.write_all(b"\x00\xffthis is no HTTP\r\n\r\n").await?,
        Raw::Endless => endless(stream, head_only).await?,
        Raw::Body {
            body,
            chunked,
            sent,
            pace,
            end,
        } => {
            stream
                .write_all(response_head(body, *chunked).as_bytes())
                .await?;
            if !head_only {
                send(stream, body, *chunked, *sent, *pace).await?;
                match end {
                    End::Whole if *chunked => stream.write_all(b"0\r\n\r\n").await?,
                    End::Whole | End::Close => {}
                    End::Reset => {
                        stream.flush().await?;
                        return Ok(Ending::Reset);
                    }
                    End::Stall => {
                        stream.flush().await?;
                        until_closed(stream).await;
                    }
                }
            }
        }
    }
    stream.flush().await?;
    Ok(Ending::Close)
}

fn response_head(body: &Body, chunked: bool) -> String {
    let framing = if chunked {
        "Transfer-Encoding: chunked".to_owned()
    } else {
        format!("Content-Length: {}", body.bytes.len())
    };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\n{framing}\r\nConnection: close\r\n\r\n",
        body.media_type
    )
}

async fn send<S: AsyncWrite + Unpin>(
    stream: &mut S,
    body: &Body,
    chunked: bool,
    sent: u64,
    pace: Option<(u64, Duration)>,
) -> io::Result<()> {
    const PIECE: u64 = 16 * 1024;
    let length = usize::try_from(sent)
        .unwrap_or(usize::MAX)
        .min(body.bytes.len());
    let (piece, pause) = pace.map_or((PIECE, None), |(piece, pause)| (piece, Some(pause)));
    let piece = usize::try_from(piece.max(1)).unwrap_or(usize::MAX);
    for (index, bytes) in body.bytes[..length].chunks(piece).enumerate() {
        if let Some(pause) = pause.filter(|_| index > 0) {
            stream.flush().await?;
            tokio::time::sleep(pause).await;
        }
        if chunked {
            stream
                .write_all(format!("{:x}\r\n", bytes.len()).as_bytes())
                .await?;
        }
        stream.write_all(bytes).await?;
        if chunked {
            stream.write_all(b"\r\n").await?;
        }
    }
    Ok(())
}

async fn endless<S: AsyncWrite + Unpin>(stream: &mut S, head_only: bool) -> io::Result<()> {
    const CHUNK: u64 = 64 * 1024;
    let body = Body {
        bytes: bytes::Bytes::new(),
        media_type: "application/octet-stream".to_owned(),
    };
    stream
        .write_all(response_head(&body, true).as_bytes())
        .await?;
    if head_only {
        return Ok(());
    }
    let mut chunk = format!("{CHUNK:x}\r\n").into_bytes();
    chunk.resize(chunk.len() + 64 * 1024, 0);
    chunk.extend(b"\r\n");
    for _ in 0..ENDLESS / CHUNK {
        stream.write_all(&chunk).await?;
    }
    Ok(())
}

/// Waits until the other side closes (or resets); what it sends is thrown away.
pub(super) async fn until_closed<S: AsyncRead + Unpin>(stream: &mut S) {
    let mut buffer = [0; 1024];
    while matches!(stream.read(&mut buffer).await, Ok(count) if count > 0) {}
}
