//! The chunked transfer coding (RFC 9112, section 7.1), read piece by piece.

use bytes::Bytes;

use super::collected::Collected;

/// The longest line of a chunk's size with its extensions, and the most octets of trailers.
const MAX_LINE: usize = 4096;
const MAX_TRAILERS: usize = 16 * 1024;

#[derive(Debug)]
enum State {
    Size,
    Data(u64),
    DataEnd,
    Trailers(usize),
    Done,
}

#[derive(Debug)]
pub(super) struct ChunkDecoder {
    state: State,
}

impl ChunkDecoder {
    pub(super) fn new() -> Self {
        Self { state: State::Size }
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Whether the octets that come next belong to the body, and not to the framing of it.
    pub(super) fn wants_data(&self) -> bool {
        matches!(self.state, State::Data(_))
    }

    /// Moves data from `input` to `body` as far as it goes and there is room. Returns how many octets of
    /// `input` were used up; the rest has to be offered again with more after it.
    pub(super) fn decode(&mut self, input: &[u8], body: &mut Collected) -> Result<usize, String> {
        let mut used = 0;
        loop {
            let rest = &input[used..];
            match &mut self.state {
                State::Done => return Ok(used),
                State::Size => {
                    let Some(line) = line(rest, MAX_LINE)? else {
                        return Ok(used);
                    };
                    let size = size(line)?;
                    used += line.len() + 2;
                    self.state = if size == 0 {
                        State::Trailers(0)
                    } else {
                        State::Data(size)
                    };
                }
                State::Data(left) => {
                    let ready = usize::try_from(*left)
                        .unwrap_or(usize::MAX)
                        .min(rest.len())
                        .min(body.room());
                    if ready == 0 {
                        return Ok(used);
                    }
                    body.push(&Bytes::copy_from_slice(&rest[..ready]));
                    used += ready;
                    *left -= ready as u64;
                    if *left == 0 {
                        self.state = State::DataEnd;
                    }
                }
                State::DataEnd => match rest {
                    [b'\r', b'\n', ..] => {
                        used += 2;
                        self.state = State::Size;
                    }
                    [] | [b'\r'] => return Ok(used),
                    _ => return Err("a chunk is longer than its size says".to_owned()),
                },
                State::Trailers(length) => {
                    let Some(line) = line(rest, MAX_TRAILERS)? else {
                        return Ok(used);
                    };
                    used += line.len() + 2;
                    *length += line.len() + 2;
                    if *length > MAX_TRAILERS {
                        return Err("the trailers do not end".to_owned());
                    }
                    if line.is_empty() {
                        self.state = State::Done;
                    }
                }
            }
        }
    }
}

/// The line at the start of `input`, without its CRLF, once it is there.
fn line(input: &[u8], limit: usize) -> Result<Option<&[u8]>, String> {
    match input.windows(2).position(|pair| pair == b"\r\n") {
        Some(end) if end <= limit => Ok(Some(&input[..end])),
        // The CR may be there before the LF is.
        None if input.len() <= limit + 1 => Ok(None),
        _ => Err("a line of the chunked coding does not end".to_owned()),
    }
}

fn size(line: &[u8]) -> Result<u64, String> {
    let wrong = || "a chunk's size is no hexadecimal number".to_owned();
    let digits = line
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii_end();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(wrong());
    }
    let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
    u64::from_str_radix(digits, 16).map_err(|_| wrong())
}
