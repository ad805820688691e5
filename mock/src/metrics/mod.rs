//! Numbers about what a registry, and a whole server, has done; in the text format of Prometheus.

mod counters;
mod exposition;

pub(crate) use counters::{Counters, Exchange, SessionMetrics};
pub(crate) use exposition::{CONTENT_TYPE, Exposition, Gauges};
