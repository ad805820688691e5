use std::time::Duration;

use url::Url;

use super::{Behaviour, Received};

/// One URL of an origin, with a behaviour; gone (404) when dropped.
#[derive(Debug)]
pub struct Host {}

impl Host {
    /// The URL to give to a registry; its path can not be guessed.
    pub fn url(&self) -> Url {
        todo!()
    }

    /// The same URL with a user name and a password in it.
    pub fn url_with_userinfo(&self, username: &str, password: &str) -> Url {
        todo!()
    }

    /// The same URL by the name `localhost` instead of an address (the host must be bound to loopback, else this is
    /// [`Host::url`]).
    pub fn localhost_url(&self) -> Url {
        todo!()
    }

    /// Changes what the host does, from the next request on. A [`Behaviour::Sequence`] starts anew, a
    /// [`Behaviour::Hold`] holds anew.
    pub fn set(&self, behaviour: Behaviour) {
        todo!()
    }

    /// Ends every hold of the current behaviour, for the requests that wait and for those to come.
    pub fn release(&self) {
        todo!()
    }

    /// The requests so far, in order of arrival; at most 200 are kept.
    pub fn received(&self) -> Vec<Received> {
        todo!()
    }

    /// The number of requests so far, those that were not kept included.
    pub fn request_count(&self) -> u64 {
        todo!()
    }

    /// Waits for a first request; whether one came within `timeout`.
    pub async fn wait_for_request(&self, timeout: Duration) -> bool {
        self.wait_for_requests(1, timeout).await
    }

    /// Waits until there were `count` requests; whether that was within `timeout`.
    pub async fn wait_for_requests(&self, count: u64, timeout: Duration) -> bool {
        todo!()
    }
}
