//! Streaming check that bytes are a WebAssembly component.
