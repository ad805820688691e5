//! The model: what the profile says must come of each operation, in as few words as can be. It shares nothing with the state
//! machine but the names of problems.

use crate::config::ProcessingMode;

use super::operation::{Address, DELAY, EXPIRY, POLLS, Place, RETENTION, Settings, Who};

/// Nothing, or the name of the problem.
pub(super) type Outcome = Result<(), &'static str>;

/// The names and versions that sequences are about: the first two are the owner's, the last is the other's.
pub(super) const KEYS: [(&str, &str, Who); 3] = [
    ("conformance-owner.test:a", "1.0.0", Who::Owner),
    ("conformance-owner.test:a", "1.1.0", Who::Owner),
    ("conformance-other.test:a", "1.0.0", Who::Other),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    Publishing,
    Processing {
        accepted: i64,
        polls: u32,
        let_through: bool,
        /// When the work was done, and whether the content is good.
        done: Option<(i64, bool)>,
    },
    Published(i64),
    Failed(i64),
    Expired(i64),
}

#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub key: usize,
    pub variant: usize,
    pub signed: bool,
    pub created: i64,
    pub state: State,
    pub upload: Option<u8>,
    pub sources: Vec<Place>,
    /// Those of `sources` that stay when the work that is under way ends well.
    pub kept: Vec<Place>,
    /// Cancelled, or forgotten by a reset.
    pub gone: bool,
}

pub(super) struct Model {
    pub settings: Settings,
    pub now: i64,
    /// All that there ever were.
    pub attempts: Vec<Attempt>,
    current: [Option<usize>; KEYS.len()],
}

impl Model {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: 0,
            attempts: Vec::new(),
            current: [None; KEYS.len()],
        }
    }

    /// The latest attempt at a key, if it is not over.
    pub(super) fn current(&mut self, key: usize) -> Option<usize> {
        self.current[key].filter(|attempt| self.is_there(*attempt))
    }

    /// Whether an attempt is still known; moves on what time alone moves on.
    pub(super) fn is_there(&mut self, index: usize) -> bool {
        let (now, mode) = (self.now, self.settings.mode);
        let expires = self.settings.expires;
        let attempt = &mut self.attempts[index];
        if attempt.state == State::Pending && expires {
            let at = attempt.created + seconds(EXPIRY);
            if at <= now {
                attempt.state = State::Expired(at);
            }
        }
        if let State::Processing {
            accepted,
            polls,
            let_through,
            done: Some((done, good)),
        } = attempt.state
        {
            let shows_at = match mode {
                _ if let_through => Some(done),
                ProcessingMode::Immediate => Some(done),
                ProcessingMode::Polls(_) => (polls > POLLS).then_some(done),
                ProcessingMode::Delay(_) => Some(done.max(accepted + seconds(DELAY))),
                ProcessingMode::Manual => None,
            };
            if let Some(at) = shows_at.filter(|at| *at <= now) {
                attempt.end(at, good);
            }
        }
        let over = match attempt.state {
            State::Failed(at) | State::Expired(at) => at + seconds(RETENTION) <= now,
            _ => false,
        };
        !attempt.gone && !over
    }

    fn denied(&self) -> &'static str {
        if self.settings.hides {
            "not-found"
        } else {
            "forbidden"
        }
    }

    /// ACC-1 to ACC-5: unpublished releases are their publisher's, to write and to see.
    pub(super) fn owns(&self, who: Who, key: usize) -> Outcome {
        match who {
            Who::Nobody => Err("unauthenticated"),
            who if who == KEYS[key].2 => Ok(()),
            _ => Err(self.denied()),
        }
    }

    fn is_private(&self, key: usize) -> bool {
        self.settings.private && KEYS[key].2 == Who::Owner
    }

    /// CRE-10, ASY-10, PUB-9: what is pending, processing or published holds its name and version; what failed or expired does not.
    pub(super) fn create(&mut self, who: Who, key: usize) -> Outcome {
        self.owns(who, key)?;
        match self.current(key).map(|found| self.attempts[found].state) {
            None | Some(State::Failed(_) | State::Expired(_)) => Ok(()),
            Some(_) => Err("release-exists"),
        }
    }

    pub(super) fn created(&mut self, key: usize, variant: usize, signed: bool) -> usize {
        let index = self.attempts.len();
        self.attempts.push(Attempt {
            key,
            variant,
            signed,
            created: self.now,
            state: State::Pending,
            upload: None,
            sources: Vec::new(),
            kept: Vec::new(),
            gone: false,
        });
        self.current[key] = Some(index);
        index
    }

    /// What only a pending release takes.
    pub(super) fn pending(&mut self, index: usize) -> Outcome {
        if !self.is_there(index) {
            return Err("not-found");
        }
        match self.attempts[index].state {
            State::Pending => Ok(()),
            State::Publishing | State::Processing { .. } => Err("processing"),
            State::Published(_) => Err("already-published"),
            State::Failed(_) => Err(FAILURE),
            State::Expired(_) => Err("expired"),
        }
    }

    pub(super) fn begin_upload(&mut self, who: Who, index: usize) -> Outcome {
        self.owns(who, self.attempts[index].key)?;
        self.pending(index)
    }

    pub(super) fn uploaded(&mut self, index: usize, bytes: u8) {
        let attempt = &mut self.attempts[index];
        attempt.upload = Some(bytes);
        if !attempt.sources.contains(&Place::Own) {
            attempt.sources.push(Place::Own);
        }
    }

    /// SRC-1, SRC-4, SRC-12, SRC-18, SRC-19: the whole list afterwards.
    pub(super) fn change_sources(
        &mut self,
        who: Who,
        key: usize,
        replace: bool,
        places: &[Place],
    ) -> Result<Vec<Place>, &'static str> {
        self.owns(who, key)?;
        let index = self.current(key).ok_or("not-found")?;
        let published = matches!(self.attempts[index].state, State::Published(_));
        if !published {
            self.pending(index)?;
        }
        let attempt = &self.attempts[index];
        let mut list = if replace {
            Vec::new()
        } else {
            attempt.sources.clone()
        };
        for place in places {
            if !list.contains(place) {
                list.push(*place);
            }
        }
        let nothing_own = list.contains(&Place::Own) && attempt.upload.is_none();
        let too_many = self
            .settings
            .max_sources
            .is_some_and(|max| list.len() > max);
        if nothing_own || too_many || published && list.is_empty() {
            return Err("invalid-source");
        }
        self.attempts[index].sources.clone_from(&list);
        Ok(list)
    }

    /// UPL-4, PUB-4, PUB-6, PUB-7, ASY-7.
    pub(super) fn begin_publish(&mut self, who: Who, key: usize) -> Result<usize, &'static str> {
        self.owns(who, key)?;
        let index = self.current(key).ok_or("not-found")?;
        self.pending(index)?;
        if self.attempts[index].sources.is_empty() {
            return Err("missing-content");
        }
        self.attempts[index].state = State::Publishing;
        Ok(index)
    }

    /// Within the request of publish: a refusal leaves the release pending.
    pub(super) fn finish(&mut self, index: usize, kept: Option<Vec<Place>>) -> Outcome {
        if !self.is_there(index) {
            return Err("not-found");
        }
        let now = self.now;
        let attempt = &mut self.attempts[index];
        if let Some(kept) = kept {
            attempt.kept = kept;
            attempt.end(now, true);
            Ok(())
        } else {
            attempt.state = State::Pending;
            Err(FAILURE)
        }
    }

    pub(super) fn accept(&mut self, index: usize) -> Outcome {
        if !self.is_there(index) {
            return Err("not-found");
        }
        self.attempts[index].state = State::Processing {
            accepted: self.now,
            polls: 0,
            let_through: false,
            done: None,
        };
        Ok(())
    }

    pub(super) fn settle(&mut self, index: usize, kept: Option<Vec<Place>>) {
        let now = self.now;
        let attempt = &mut self.attempts[index];
        if let State::Processing { done, .. } = &mut attempt.state {
            *done = Some((now, kept.is_some()));
            attempt.kept = kept.unwrap_or_default();
        }
    }

    /// What was not accepted is what it was, what was accepted has failed.
    pub(super) fn break_off(&mut self, index: usize) {
        let now = self.now;
        if !self.is_there(index) {
            return;
        }
        let attempt = &mut self.attempts[index];
        match attempt.state {
            State::Publishing => attempt.state = State::Pending,
            State::Processing { .. } => attempt.end(now, false),
            _ => {}
        }
    }

    pub(super) fn let_through(&mut self) {
        for attempt in &mut self.attempts {
            if let State::Processing { let_through, .. } = &mut attempt.state {
                *let_through = true;
            }
        }
    }

    /// PUB-2, PUB-3, ACC-7: the release that a caller sees.
    pub(super) fn read(&mut self, who: Who, key: usize) -> Result<usize, &'static str> {
        if self.is_private(key) && who != KEYS[key].2 && who != Who::ManifestReader {
            return Err("not-found");
        }
        self.current(key)
            .filter(|found| matches!(self.attempts[*found].state, State::Published(_)))
            .ok_or("not-found")
    }

    /// UPL-8, ACC-8: the uploaded octets that a caller gets.
    pub(super) fn download(&mut self, who: Who, key: usize) -> Result<u8, &'static str> {
        let is_owner = who == KEYS[key].2;
        if self.is_private(key) && !is_owner {
            return Err(match who {
                Who::ManifestReader => self.denied(),
                _ => "not-found",
            });
        }
        let found = self.current(key).ok_or("not-found")?;
        let attempt = &self.attempts[found];
        let shown = match attempt.state {
            State::Published(_) => true,
            State::Pending | State::Publishing | State::Processing { .. } => is_owner,
            State::Failed(_) | State::Expired(_) => false,
        };
        attempt
            .upload
            .filter(|_| shown && attempt.sources.contains(&Place::Own))
            .ok_or("not-found")
    }

    fn addressed(&mut self, key: usize, address: Address) -> Result<usize, &'static str> {
        match address {
            Address::Current => self.current(key),
            Address::Attempt(index) => Some(index)
                .filter(|index| self.is_there(*index) && self.attempts[*index].key == key),
        }
        .ok_or("not-found")
    }

    /// ACC-4, ASY-2, ASY-8; reading is what moves `polls` on.
    pub(super) fn status(
        &mut self,
        who: Who,
        key: usize,
        address: Address,
    ) -> Result<usize, &'static str> {
        self.owns(who, key)?;
        let index = self.addressed(key, address)?;
        if let State::Processing { polls, .. } = &mut self.attempts[index].state {
            *polls += 1;
            self.is_there(index);
        }
        Ok(index)
    }

    /// PUB-10.
    pub(super) fn cancel(&mut self, who: Who, key: usize, address: Address) -> Outcome {
        self.owns(who, key)?;
        let index = self.addressed(key, address)?;
        match self.attempts[index].state {
            State::Failed(_) => {}
            _ => self.pending(index)?,
        }
        self.attempts[index].gone = true;
        if self.current[key] == Some(index) {
            self.current[key] = None;
        }
        Ok(())
    }

    pub(super) fn reset(&mut self) {
        self.current = [None; KEYS.len()];
        for attempt in &mut self.attempts {
            attempt.gone = true;
        }
    }
}

impl Attempt {
    fn end(&mut self, at: i64, good: bool) {
        if good {
            self.state = State::Published(at);
            self.sources = std::mem::take(&mut self.kept);
        } else {
            self.state = State::Failed(at);
        }
    }
}

impl State {
    /// The status that shows it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pending | Self::Publishing => "pending",
            Self::Processing { .. } => "processing",
            Self::Published(_) => "published",
            Self::Failed(_) => "failed",
            Self::Expired(_) => "expired",
        }
    }
}

/// What bad content comes to.
pub(super) const FAILURE: &str = "source-unreachable";

fn seconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
