//! Fetching from hosts that serve, misbehave, redirect, and ask for credentials.

mod addresses;
mod credentials;
mod host;
mod names;
mod redirects;
mod support;
mod tls;
mod transfer;
