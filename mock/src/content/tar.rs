//! Streaming reader of tar archives.
