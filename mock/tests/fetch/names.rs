//! Names that resolve to what a test says.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
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
