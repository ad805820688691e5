use std::time::Duration;

/// One request that a host received.
///
/// Header values are kept as they came, credentials included: rules SRC-14 and SRC-16 are about them. Whoever prints
/// them has to hide secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The method.
    pub method: String,
    /// The request target, as it stood in the request line.
    pub target: String,
    /// Names in lower case and values (lossily decoded), in order; repeated fields are repeated.
    pub headers: Vec<(String, String)>,
    /// `Content-Length` of the request, 0 without one. Bodies are not read.
    pub body_len: u64,
    /// Time since the origin was started.
    pub at: Duration,
}

impl Received {
    /// The first value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
