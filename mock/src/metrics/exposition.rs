//! The text format of Prometheus, version 0.0.4.

use std::{
    fmt::{Display, Write},
    sync::{
        PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::operation::Operation;

use super::{
    Counters,
    counters::{BUCKETS, CLASSES, OPERATIONS},
};

/// Media type of the format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is counted at the moment of asking.
#[derive(Debug, Default)]
pub(crate) struct Gauges {
    /// Sessions that there are, the server's own left out.
    pub sessions: usize,
    /// Sessions that were made.
    pub sessions_made: u64,
    /// Releases by status.
    pub releases: Vec<(&'static str, usize)>,
    /// Bytes of manifests and uploads that are kept.
    pub stored_bytes: u64,
    /// Requests in journals.
    pub journal_entries: usize,
    /// Memory that they take, about.
    pub journal_bytes: u64,
    /// Requests that journals have dropped.
    pub journal_dropped: u64,
}

/// A text that grows by one metric after the other.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    text: String,
}

impl Exposition {
    /// All metrics.
    pub(crate) fn new(counters: &Counters, gauges: &Gauges) -> Self {
        let mut text = Self::default();
        text.requests(counters);
        text.durations(counters);
        text.head(
            "mock_registry_received_bytes_total",
            "counter",
            "Bytes of request bodies.",
        );
        text.value(
            "mock_registry_received_bytes_total",
            "",
            read(&counters.received_bytes),
        );
        text.head(
            "mock_registry_sent_bytes_total",
            "counter",
            "Bytes of response bodies.",
        );
        text.value(
            "mock_registry_sent_bytes_total",
            "",
            read(&counters.sent_bytes),
        );
        text.head(
            "mock_registry_faults_applied_total",
            "counter",
            "Faults that disturbed a request, by kind.",
        );
        for (kind, count) in counters
            .faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            text.value(
                "mock_registry_faults_applied_total",
                &format!("kind=\"{}\"", escaped(kind)),
                *count,
            );
        }
        text.gauges(gauges);
        text
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn requests(&mut self, counters: &Counters) {
        let name = "mock_registry_requests_total";
        self.head(
            name,
            "counter",
            "Requests to the API and the upload origin, by operation and class of the status (none: no answer was sent).",
        );
        for (operation, counters) in labelled(counters) {
            for (class, counter) in CLASSES.iter().zip(&counters.classes) {
                let count = read(counter);
                if count > 0 {
                    self.value(
                        name,
                        &format!("operation=\"{operation}\",status=\"{class}\""),
                        count,
                    );
                }
            }
        }
    }

    fn durations(&mut self, counters: &Counters) {
        let name = "mock_registry_request_duration_seconds";
        self.head(
            name,
            "histogram",
            "Time until an answer was decided, by operation.",
        );
        for (operation, counters) in labelled(counters) {
            let mut total = 0;
            let mut lines = Vec::new();
            let bounds = BUCKETS
                .iter()
                .map(ToString::to_string)
                .chain(["+Inf".to_owned()]);
            for (bound, bucket) in bounds.zip(&counters.buckets) {
                total += read(bucket);
                lines.push((bound, total));
            }
            if total == 0 {
                continue;
            }
            for (bound, count) in lines {
                self.value(
                    &format!("{name}_bucket"),
                    &format!("operation=\"{operation}\",le=\"{bound}\""),
                    count,
                );
            }
            let label = format!("operation=\"{operation}\"");
            let seconds = std::time::Duration::from_micros(read(&counters.micros)).as_secs_f64();
            self.value(&format!("{name}_sum"), &label, seconds);
            self.value(&format!("{name}_count"), &label, total);
        }
    }

    fn gauges(&mut self, gauges: &Gauges) {
        self.single(
            "mock_registry_sessions",
            "gauge",
            "Sessions beside the server's own.",
            gauges.sessions,
        );
        self.single(
            "mock_registry_sessions_created_total",
            "counter",
            "Sessions that were made.",
            gauges.sessions_made,
        );
        self.head(
            "mock_registry_releases",
            "gauge",
            "Releases that are kept, by status.",
        );
        for (status, count) in &gauges.releases {
            self.value(
                "mock_registry_releases",
                &format!("status=\"{status}\""),
                count,
            );
        }
        self.single(
            "mock_registry_stored_bytes",
            "gauge",
            "Bytes of manifests and uploads that are kept.",
            gauges.stored_bytes,
        );
        self.single(
            "mock_registry_journal_entries",
            "gauge",
            "Requests in the journals.",
            gauges.journal_entries,
        );
        self.single(
            "mock_registry_journal_bytes",
            "gauge",
            "Memory that the journals take, about.",
            gauges.journal_bytes,
        );
        self.single(
            "mock_registry_journal_dropped",
            "gauge",
            "Requests that the journals have dropped since they were cleared.",
            gauges.journal_dropped,
        );
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.value(name, "", value);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    fn value(&mut self, name: &str, labels: &str, value: impl Display) {
        if labels.is_empty() {
            self.line(format_args!("{name} {value}"));
        } else {
            self.line(format_args!("{name}{{{labels}}} {value}"));
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{line}");
    }
}

fn labelled(
    counters: &Counters,
) -> impl Iterator<Item = (&'static str, &super::counters::OperationCounters)> {
    let names = Operation::ALL.iter().map(|operation| operation.name());
    let names: [&str; OPERATIONS] = {
        let mut all = ["none"; OPERATIONS];
        for (slot, name) in all.iter_mut().zip(names) {
            *slot = name;
        }
        all
    };
    names.into_iter().zip(&counters.operations)
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn escaped(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
