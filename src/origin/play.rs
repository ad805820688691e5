use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::watch;

use super::answer::{Answer, Response};
use super::head::Head;
use super::{Behaviour, Credentials};

/// A behaviour in progress: what the next request gets, and whether holds have ended.
#[derive(Debug)]
pub(super) struct Play {
    node: Node,
    released: watch::Sender<bool>,
}

/// What one request gets.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) answer: Answer,
    /// Becomes true when the answer may be given; absent when there is nothing to wait for.
    pub(super) hold: Option<watch::Receiver<bool>>,
}

/// A behaviour with the state of its sequences.
#[derive(Debug)]
enum Node {
    Sequence {
        nodes: Vec<Node>,
        next: usize,
    },
    Demand {
        credentials: Credentials,
        then: Box<Node>,
    },
    Chain {
        hops: u32,
        then: Box<Node>,
    },
    Loop,
    Hold(Box<Node>),
    Fixed(Answer),
}

impl Play {
    pub(super) fn new(behaviour: Behaviour) -> Self {
        Self {
            node: Node::new(behaviour),
            released: watch::Sender::new(false),
        }
    }

    /// Ends all holds.
    pub(super) fn release(&self) {
        self.released.send_replace(true);
    }

    /// Decides what a request gets. `url` is the host's own.
    pub(super) fn turn(&mut self, head: &Head, url: &str) -> Turn {
        if !["GET", "HEAD"].contains(&head.method.as_str()) {
            let refusal = Response::text(
                405,
                &[("Allow", "GET, HEAD")],
                "this host serves content only",
            );
            return Turn {
                answer: Answer::Http(refusal),
                hold: None,
            };
        }
        let mut on_hold = false;
        let answer = self.node.step(head, url, &mut on_hold);
        Turn {
            answer,
            hold: on_hold.then(|| self.released.subscribe()),
        }
    }
}

impl Node {
    fn new(behaviour: Behaviour) -> Self {
        match behaviour {
            Behaviour::Sequence(steps) => Self::Sequence {
                nodes: steps.into_iter().map(Self::new).collect(),
                next: 0,
            },
            Behaviour::Demand { credentials, then } => Self::Demand {
                credentials,
                then: Box::new(Self::new(*then)),
            },
            Behaviour::RedirectChain { hops, then } => Self::Chain {
                hops,
                then: Box::new(Self::new(*then)),
            },
            Behaviour::RedirectLoop => Self::Loop,
            Behaviour::Hold(then) => Self::Hold(Box::new(Self::new(*then))),
            fixed => Answer::of(fixed).map_or(Self::Loop, Self::Fixed),
        }
    }

    fn step(&mut self, head: &Head, url: &str, on_hold: &mut bool) -> Answer {
        let hop = head.hop();
        let hop_on = |base: &str| {
            let next = format!("{base}?hop={}", hop.saturating_add(1));
            Answer::Http(Response::redirect(302, &next))
        };
        match self {
            Self::Fixed(answer) => answer.clone(),
            Self::Loop => hop_on(url),
            // Every second reference is relative, as a server's own redirects are.
            Self::Chain { hops, .. } if hop < *hops => {
                hop_on(if hop.is_multiple_of(2) { url } else { "" })
            }
            Self::Chain { then, .. } => then.step(head, url, on_hold),
            Self::Demand { credentials, then } => match credentials.refusal(head) {
                Some(refusal) => Answer::Http(refusal),
                None => then.step(head, url, on_hold),
            },
            Self::Hold(then) => {
                *on_hold = true;
                then.step(head, url, on_hold)
            }
            Self::Sequence { nodes, next } => {
                let current = *next;
                *next = (current + 1).min(nodes.len().saturating_sub(1));
                match nodes.get_mut(current) {
                    Some(node) => node.step(head, url, on_hold),
                    None => Answer::Http(Response::text(404, &[], "an empty sequence")),
                }
            }
        }
    }
}

impl Credentials {
    /// The `Authorization` that is demanded, and the scheme's name.
    fn expected(&self) -> (&'static str, String) {
        match self {
            Self::Basic { username, password } => {
                ("Basic", STANDARD.encode(format!("{username}:{password}")))
            }
            Self::Bearer { token } => ("Bearer", token.clone()),
        }
    }

    /// 401 without credentials, 403 with wrong ones, nothing with the right ones.
    fn refusal(&self, head: &Head) -> Option<Response> {
        let (scheme, expected) = self.expected();
        match head.header("authorization") {
            None => {
                let challenge = format!("{scheme} realm=\"content\"");
                Some(Response::text(
                    401,
                    &[("WWW-Authenticate", &challenge)],
                    "credentials are needed",
                ))
            }
            Some(given) => {
                let right = given.split_once(' ').is_some_and(|(name, value)| {
                    name.eq_ignore_ascii_case(scheme) && value.trim() == expected
                });
                (!right).then(|| Response::text(403, &[], "these are not the right credentials"))
            }
        }
    }
}
