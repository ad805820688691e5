use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::play::Play;
use super::shared::{HostState, Shared, lock};
use super::{Behaviour, Received};

/// One URL of an origin, with a behaviour; gone (404) when dropped.
#[derive(Debug)]
pub struct Host {
    pub(super) id: String,
    pub(super) url: Url,
    pub(super) state: Arc<HostState>,
    pub(super) shared: Arc<Shared>,
}

impl Drop for Host {
    fn drop(&mut self) {
        lock(&self.shared.hosts).remove(&self.id);
        self.release();
    }
}

impl Host {
    /// The URL to give to a registry; its path can not be guessed.
    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// The same URL with a user name and a password in it.
    pub fn url_with_userinfo(&self, username: &str, password: &str) -> Url {
        let mut url = self.url.clone();
        // Fails for URLs without a host only.
        _ = url.set_username(username);
        _ = url.set_password(Some(password));
        url
    }

    /// The same URL by the name `localhost` instead of an address (the host must be bound to loopback, else this is
    /// [`Host::url`]).
    pub fn localhost_url(&self) -> Url {
        let mut url = self.url.clone();
        let loopback = match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            _ => false,
        };
        if loopback {
            _ = url.set_host(Some("localhost"));
        }
        url
    }

    /// Changes what the host does, from the next request on. A [`Behaviour::Sequence`] starts anew, a
    /// [`Behaviour::Hold`] holds anew; requests that the behaviour before held are released, with what it had for
    /// them.
    pub fn set(&self, behaviour: Behaviour) {
        let before = std::mem::replace(&mut *lock(&self.state.play), Play::new(behaviour));
        before.release();
    }

    /// Ends every hold of the current behaviour, for the requests that wait and for those to come.
    pub fn release(&self) {
        lock(&self.state.play).release();
    }

    /// The requests so far, in order of arrival; at most 200 are kept.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state.log).clone()
    }

    /// The number of requests so far, those that were not kept included.
    pub fn request_count(&self) -> u64 {
        *self.state.count.borrow()
    }

    /// Waits for a first request; whether one came within `timeout`.
    pub async fn wait_for_request(&self, timeout: Duration) -> bool {
        self.wait_for_requests(1, timeout).await
    }

    /// Waits until there were `count` requests; whether that was within `timeout`.
    pub async fn wait_for_requests(&self, count: u64, timeout: Duration) -> bool {
        let mut so_far = self.state.count.subscribe();
        let enough = so_far.wait_for(|so_far| *so_far >= count);
        matches!(tokio::time::timeout(timeout, enough).await, Ok(Ok(_)))
    }
}
