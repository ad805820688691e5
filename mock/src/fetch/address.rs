//! Which addresses are public.

use std::net::IpAddr;

/// Whether an address is globally reachable: not loopback, private, link-local, shared (CGNAT), unique-local, unspecified, multicast,
/// documentation, benchmarking or reserved, and not an IPv6 form that embeds such an IPv4 address.
pub fn is_public(address: IpAddr) -> bool { todo!() }
