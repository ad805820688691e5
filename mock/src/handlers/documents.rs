//! Documents of releases that were read lately, as they were sent: most reads are of a few releases, over and over.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use crate::reply::Reply;

/// Bytes of documents that are kept, about.
const ROOM: usize = 4 << 20;
/// What a document takes beside its body.
const STRUCTURE: usize = 1024;

/// Names of documents that were read once.
const READ_ONCE: usize = 4096;

/// Names a document: the number of a session, and the revision of a release there.
pub(crate) type DocumentName = (u64, u64);

/// Documents that were read lately. When half of the room is taken since the last that were let go of, those that were not read
/// since are.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    recent: HashMap<DocumentName, Arc<Reply>>,
    older: HashMap<DocumentName, Arc<Reply>>,
    read_once: HashSet<DocumentName>,
    bytes: usize,
}

impl Documents {
    /// The document, if it is kept.
    pub(crate) fn get(&self, name: DocumentName) -> Option<Arc<Reply>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.recent.get(&name) {
            return Some(found.clone());
        }
        let found = kept.older.remove(&name)?;
        kept.add(name, found.clone());
        Some(found)
    }

    /// Keeps a document that is read again. Many are read once, by whoever has just published them; kept for a while, they would leave gaps
    /// in memory between the releases themselves.
    pub(crate) fn add(&self, name: DocumentName, document: Arc<Reply>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.read_once.remove(&name) {
            kept.add(name, document);
            return;
        }
        if kept.read_once.len() == READ_ONCE {
            kept.read_once.clear();
        }
        kept.read_once.insert(name);
    }
}

impl Kept {
    fn add(&mut self, name: DocumentName, document: Arc<Reply>) {
        let bytes = document.body.len() + STRUCTURE;
        if self.bytes + bytes > ROOM / 2 {
            self.older = std::mem::take(&mut self.recent);
            self.bytes = 0;
        }
        if bytes <= ROOM / 2 {
            self.bytes += bytes;
            self.recent.insert(name, document);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_again_stays_and_the_room_is_bounded() {
        let documents = Documents::default();
        let body = vec![b'x'; 10 << 10];
        let reply = || Arc::new(Reply::with_body(http::StatusCode::OK, "a/b", body.clone()));
        documents.add((1, 0), reply());
        assert!(documents.get((1, 0)).is_none());
        for number in 0..10_000 {
            documents.add((1, number), reply());
            documents.add((1, number), reply());
            assert!(documents.get((1, 0)).is_some());
        }
        assert!(documents.get((1, 5)).is_none());
        let kept = documents.kept.lock().unwrap();
        let count = kept.recent.len() + kept.older.len();
        assert!(count * (body.len() + STRUCTURE) <= ROOM, "{count}");
    }
}
