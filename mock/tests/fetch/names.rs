//! Names that resolve to what a test says.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::future::{BoxFuture, ready};
use mock_registry::fetch::NameResolver;

/// A table of names; others are not resolved.
pub(crate) struct FixedNames {
    table: HashMap<String, Vec<IpAddr>>,
    asked: Mutex<Vec<String>>,
}

impl FixedNames {
    pub(crate) fn new(table: &[(&str, &[&str])]) -> Arc<Self> {
        let table = table.iter().map(|(name, addresses)| {
            let addresses = addresses.iter().map(|address| address.parse().unwrap());
            ((*name).to_owned(), addresses.collect())
        });
        Arc::new(Self {
            table: table.collect(),
            asked: Mutex::default(),
        })
    }

    /// Every name that was asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl NameResolver for FixedNames {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let found = self.table.get(&host).cloned();
        self.asked.lock().unwrap().push(host);
        Box::pin(ready(found.ok_or_else(|| io::Error::other("no such name"))))
    }
}

/// Every name has the first address at the first look-up, the second at the second: what a rebinding attack is made of.
pub(crate) struct TurningNames {
    addresses: Vec<IpAddr>,
    asked: AtomicUsize,
}

impl TurningNames {
    pub(crate) fn new(addresses: &[&str]) -> Arc<Self> {
        let addresses = addresses.iter().map(|address| address.parse().unwrap());
        Arc::new(Self {
            addresses: addresses.collect(),
            asked: AtomicUsize::new(0),
        })
    }

    /// How many look-ups there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl NameResolver for TurningNames {
    fn resolve(&self, _host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        let address = self.addresses.get(number).copied();
        Box::pin(ready(Ok(address.into_iter().collect())))
    }
}
