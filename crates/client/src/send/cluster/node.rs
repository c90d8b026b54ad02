//! One node: asked when it may be, within bounds of time and memory.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use leaky_bucket::RateLimiter;
use reqwest::{
    Client, Response, Url,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use serde_json::Value;
use solana_rpc_client_api::{client_error::Error as RpcClientError, request::RpcRequest};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{
    answer,
    aside::Aside,
    fault::{Fault, Trouble},
    identity::Identity,
    manners::{CONNECT_TIMEOUT, Manners},
    origin::{is_loopback, is_open, origin, origin_url},
    question::Question,
};
use crate::ClientError;

/// No node is left alone for longer, whatever it says.
const LONGEST_REST: Duration = Duration::from_secs(300);
/// A node whose slot stays the same for longer does not follow the cluster.
const STANDSTILL: Duration = Duration::from_secs(10);

/// A node of the cluster.
pub(super) struct Node {
    /// Scheme, host and port: what may be said of its URL.
    pub origin: String,
    /// What it is called: the same, with a number where it is not the first URL of this origin.
    pub name: String,
    /// Whether it is set aside.
    pub aside: Aside,
    /// Which cluster it serves.
    pub identity: Identity,
    url: Url,
    http: Client,
    manners: Manners,
    limiter: Option<RateLimiter>,
    rests_until: Mutex<Option<Instant>>,
    /// The last slot that it has told, and since when.
    stands: Mutex<Option<(u64, Instant)>>,
}

/// The connections to all nodes. Nothing is followed to another place.
pub(super) fn connections() -> Result<Client, ClientError> {
    let built = Client::builder()
        .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none())
        .build();
    Ok(built.map_err(RpcClientError::from)?)
}

impl Node {
    pub fn new(url: &str, http: Client, manners: Manners) -> Result<Self, ClientError> {
        let no_url = RpcClientError::from(Fault::NoUrl);
        let url: Url = match url.parse() {
            Ok(url) => url,
            Err(_) => return Err(no_url.into()),
        };
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(no_url.into());
        }
        Ok(Self {
            origin: origin(&url),
            name: origin(&url),
            aside: Aside::default(),
            identity: Identity::new(&manners),
            limiter: (!is_loopback(&url)).then(|| manners.limiter()),
            url,
            http,
            manners,
            rests_until: Mutex::default(),
            stands: Mutex::default(),
        })
    }

    /// Where it is asked.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether everybody on the way can read and change what is said.
    pub fn is_open(&self) -> bool {
        is_open(&self.url)
    }

    /// The same, which has this number among the URLs of its origin.
    pub fn numbered(mut self, number: usize) -> Self {
        if number > 1 {
            self.name = format!("{} ({number})", self.origin);
        }
        self
    }

    /// Asks once, when the node may be asked, which must be before `until`.
    pub async fn ask(&self, question: &Question, until: Instant) -> Result<Value, Trouble> {
        self.turn(until).await?;
        let asked = self.asked(question, until).await;
        let has_answered = asked.as_ref().map_or_else(Trouble::is_answer, |_| true);
        self.identity.answered(has_answered);
        asked
    }

    async fn asked(&self, question: &Question, until: Instant) -> Result<Value, Trouble> {
        let left = until.saturating_duration_since(Instant::now());
        let within = question.answer_timeout().min(left);
        let asked = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(question.body.clone())
            .timeout(within)
            .send();
        let response = asked.await.map_err(|error| self.without_key(error))?;
        let body = self.body(self.successful(response)?).await?;
        answer::read(&body, &self.name, &self.url)
    }

    /// Asks for the hash of the first block of the node's cluster.
    pub async fn ask_genesis(&self, until: Instant) -> Result<String, Trouble> {
        let question = Question::plain(RpcRequest::GetGenesisHash, self.manners.patience);
        let answer = self.ask(&question, until).await?;
        let hash = answer.as_str().map(str::to_owned);
        hash.ok_or_else(|| Trouble::from(self.unusable()))
    }

    /// Whether the node follows the cluster that it says to be at this slot: it does not where it
    /// has said no newer one for long.
    pub fn moves_on(&self, slot: u64) -> bool {
        let mut stands = self.stands.lock().unwrap_or_else(PoisonError::into_inner);
        match *stands {
            Some((before, since)) if slot <= before => since.elapsed() < STANDSTILL,
            _ => {
                *stands = Some((slot, Instant::now()));
                true
            }
        }
    }

    /// Why the node is not used for now.
    pub fn fault(&self) -> Option<Fault> {
        self.aside.fault()
    }

    /// Whether the node wants to be left alone for now.
    pub fn rests(&self) -> bool {
        self.rest() > Duration::ZERO
    }

    fn rest(&self) -> Duration {
        let until = self.rests_until.lock();
        let until = *until.unwrap_or_else(PoisonError::into_inner);
        until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    /// Waits until the node may be asked.
    async fn turn(&self, until: Instant) -> Result<(), Trouble> {
        let rest = self.rest();
        if !rest.is_zero() && Instant::now() + rest > until {
            return Err(Trouble::from(Fault::Resting {
                node: self.name.clone(),
                seconds: rest.as_secs(),
            }));
        }
        sleep_until(Instant::now() + rest).await;
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        let turn = timeout_at(until, limiter.acquire_one()).await;
        turn.map_err(|_| {
            Trouble::from(Fault::Limited {
                node: self.name.clone(),
            })
        })
    }

    /// The response, unless its status says that it is no answer.
    fn successful(&self, response: Response) -> Result<Response, Trouble> {
        if response.status().is_redirection() {
            return Err(Trouble::from(Fault::Redirected {
                node: self.name.clone(),
            }));
        }
        let rest = retry_after(response.headers());
        response.error_for_status().map_err(|error| {
            if let Some(rest) = rest {
                let mut until = self
                    .rests_until
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                *until = Some(Instant::now() + rest.min(LONGEST_REST));
            }
            self.without_key(error)
        })
    }

    /// The body, expanded as it comes in, which ends where it is too large.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Trouble> {
        let most_bytes = self.manners.largest_answer_bytes;
        let mut body = Vec::new();
        let error = |error| self.without_key(error);
        while let Some(part) = response.chunk().await.map_err(error)? {
            if body.len() + part.len() > most_bytes {
                return Err(Trouble::from(Fault::TooLarge {
                    node: self.name.clone(),
                    most_bytes,
                }));
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }

    fn unusable(&self) -> Fault {
        Fault::Unusable {
            node: self.name.clone(),
        }
    }

    fn without_key(&self, error: reqwest::Error) -> Trouble {
        Trouble::from(error.with_url(origin_url(&self.url)))
    }
}

/// How long a node wants to be left alone: in seconds, or until a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let said = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = said.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(said).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_stands_still_for_long_does_not_follow_the_cluster() {
        let url = "http://127.0.0.1:1";
        let node = Node::new(url, connections().unwrap(), Manners::default()).unwrap();
        assert!(node.moves_on(5) && node.moves_on(5), "a moment is nothing");
        let long_ago = Instant::now().checked_sub(STANDSTILL).unwrap();
        *node.stands.lock().unwrap() = Some((5, long_ago));
        assert!(!node.moves_on(5) && !node.moves_on(4));
        assert!(node.moves_on(6) && node.moves_on(6));
    }
}
