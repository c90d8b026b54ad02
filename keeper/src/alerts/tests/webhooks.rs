//! Webhooks that fail, hang and come back, as real servers.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::RETRY_AFTER},
    routing::post,
};
use serde_json::Value;
use solana_pubkey::Pubkey;
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

use super::{
    super::{
        kept::Kept,
        settings::Webhook,
        told::Told,
        webhook::{Teller, identity, name, send},
    },
    *,
};
use crate::known::{Limits, Shared};

const LIMITS: Limits = Limits {
    silence: Duration::from_secs(120),
    unread: Duration::from_secs(60),
};

/// What a server answers: a status, `Retry-After` and a delay, in seconds.
type Answer = (u16, Option<u64>, u64);

/// A server that notes what it is posted.
#[derive(Clone)]
struct Server {
    url: String,
    posted: Arc<Mutex<Vec<(Instant, Value)>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

impl Server {
    /// It gives these answers first, and then takes everything.
    async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}/secret", listener.local_addr().unwrap()),
            posted: Arc::default(),
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
        };
        let router = Router::new().route("/secret", post(take));
        let router = router.with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    fn posted(&self) -> Vec<(Instant, Value)> {
        self.posted.lock().unwrap().clone()
    }

    fn events(&self) -> Vec<String> {
        let posted = self.posted();
        let events = posted
            .iter()
            .map(|(_, body)| body["event"].as_str().unwrap());
        events.map(str::to_owned).collect()
    }

    fn webhook(&self) -> Webhook {
        toml::from_str(&format!("kind = \"json\"\nurl = \"{}\"", self.url)).unwrap()
    }

    /// Waits until so many messages were posted.
    async fn await_posts(&self, count: usize) {
        eventually(|| self.posted().len() >= count).await;
    }
}

async fn take(
    State(server): State<Server>,
    Json(body): Json<Value>,
) -> (StatusCode, HeaderMap, String) {
    server.posted.lock().unwrap().push((Instant::now(), body));
    let answer = server.answers.lock().unwrap().pop_front();
    let (status, rest, delay) = answer.unwrap_or((200, None, 0));
    sleep(Duration::from_secs(delay)).await;
    let rest = rest.map(|rest| (RETRY_AFTER, rest.into()));
    let said = format!("no such webhook: {}", server.url);
    (
        StatusCode::from_u16(status).unwrap(),
        rest.into_iter().collect(),
        said,
    )
}

async fn eventually(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(20)).await;
    }
}

/// A keeper's alerts in a folder.
struct Keeper {
    kept: Kept,
    shared: Shared,
    tellers: Vec<JoinHandle<()>>,
}

impl Keeper {
    fn start(folder: &Path, webhooks: &[Webhook]) -> Self {
        let (kept, shared) = (
            Kept::open(folder),
            Shared::new(Pubkey::default(), &[], LIMITS),
        );
        let http = reqwest::Client::builder().timeout(Duration::from_millis(500));
        let http = http.build().unwrap();
        let webhooks = webhooks.iter().enumerate();
        let tellers = webhooks.map(|(index, webhook)| {
            let teller = Teller {
                name: name(index, webhook),
                webhook: webhook.clone(),
                settings: Arc::new(AlertSettings::default()),
                kept: kept.clone(),
                shared: shared.clone(),
                http: http.clone(),
            };
            tokio::spawn(teller.run())
        });
        Self {
            tellers: tellers.collect(),
            kept,
            shared,
        }
    }

    /// The rules say this from now on.
    fn says(&self, judged: &Judgement) {
        let now = super::super::unix_seconds();
        let mut kept = self.kept.lock();
        kept.content.course.step(judged, now, 0);
        let firing: Vec<_> = kept.content.course.firing().cloned().collect();
        for told in kept.content.told.values_mut() {
            told.notice(&firing, now);
        }
        kept.save();
    }

    /// Waits until a message counts as told to this webhook, which is once its answer was read.
    async fn await_told(&self, webhook: &Webhook) {
        let identity = identity(webhook);
        let is_told = |keeper: &Self| {
            let kept = keeper.kept.lock();
            let told = kept.content.told.get(&identity);
            told.is_some_and(|told| *told != Told::default())
        };
        eventually(|| is_told(self)).await;
    }

    fn works(&self, webhook: &str) -> Option<bool> {
        self.shared.lock().alarms.webhooks.get(webhook).copied()
    }

    fn end(self) {
        for teller in self.tellers {
            teller.abort();
        }
    }
}

#[tokio::test]
async fn a_message_that_fails_is_tried_again_until_it_arrives_and_then_no_more() {
    let server = Server::start([(500, None, 0), (429, Some(1), 0)]).await;
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::start(folder.path(), &[server.webhook()]);
    keeper.says(&said(Rule::QueueOld));
    server.await_posts(3).await;
    sleep(Duration::from_millis(2_500)).await;
    assert_eq!(server.events(), ["firing"; 3], "one arrived");
    let posted = server.posted();
    let rested = posted[2].0 - posted[1].0;
    assert!(rested >= Duration::from_secs(1), "{rested:?}");
    keeper.says(&Judgement::default());
    server.await_posts(4).await;
    assert_eq!(server.events()[3], "recovered");
    keeper.end();
}

#[tokio::test]
async fn a_webhook_that_hangs_holds_up_no_other_one() {
    let hanging = Server::start([(200, None, 60), (200, None, 60)]).await;
    let other = Server::start([]).await;
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::start(folder.path(), &[hanging.webhook(), other.webhook()]);
    keeper.says(&said(Rule::QueueOld));
    hanging.await_posts(1).await;
    keeper.await_told(&other.webhook()).await;
    keeper.says(&Judgement::default());
    other.await_posts(2).await;
    assert_eq!(other.events(), ["firing", "recovered"]);
    keeper.end();
}

#[tokio::test]
async fn a_restart_repeats_no_message_and_loses_no_recovery() {
    let server = Server::start([]).await;
    let folder = tempfile::tempdir().unwrap();
    let webhooks = [server.webhook()];
    let first = Keeper::start(folder.path(), &webhooks);
    first.says(&said(Rule::QueueOld));
    server.await_posts(1).await;
    first.await_told(&webhooks[0]).await;
    first.end();

    let second = Keeper::start(folder.path(), &webhooks);
    second.says(&said(Rule::QueueOld));
    sleep(Duration::from_millis(2_500)).await;
    assert_eq!(server.events(), ["firing"]);
    second.end();

    // It is over while no keeper runs.
    let third = Keeper::start(folder.path(), &webhooks);
    third.says(&Judgement::default());
    server.await_posts(2).await;
    assert_eq!(server.events(), ["firing", "recovered"]);
    third.end();
}

#[tokio::test]
async fn a_webhook_that_takes_nothing_is_told_of_and_its_secrets_are_not() {
    // One more than it may fail, since the first is sent by hand; the last one leaves time for a look.
    let quick = [(404, Some(0), 0); 5];
    let server = Server::start(quick.into_iter().chain([(404, Some(2), 0)])).await;
    let folder = tempfile::tempdir().unwrap();
    let (webhook, name) = (server.webhook(), "webhook 1 (json)");
    let http = send::client().unwrap();
    let body = serde_json::json!({"event": "test"});
    let setback = send::post(&http, &webhook, &body).await.unwrap_err();
    assert!(
        setback.what.starts_with("it answers 404 (no such webhook:"),
        "{}",
        setback.what
    );
    assert!(!setback.what.contains("secret"), "{}", setback.what);
    assert!(!format!("{webhook:?}").contains("/secret"), "{webhook:?}");

    let keeper = Keeper::start(folder.path(), &[webhook]);
    keeper.says(&said(Rule::QueueOld));
    eventually(|| keeper.works(name) == Some(false)).await;
    eventually(|| keeper.works(name) == Some(true)).await;
    let text = std::fs::read_to_string(folder.path().join("alerts.json")).unwrap();
    assert!(!text.contains("secret"), "{text}");
    keeper.end();
}

#[test]
fn a_file_that_makes_no_sense_or_cannot_be_written_ends_no_keeper() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alerts.json");
    std::fs::write(&file, "{").unwrap();
    let kept = Kept::open(folder.path());
    kept.lock()
        .content
        .course
        .step(&said(Rule::QueueOld), NOW, 0);
    kept.lock().save();
    let again = Kept::open(folder.path());
    assert_eq!(again.lock().content, kept.lock().content);

    std::fs::write(folder.path().join("taken"), "").unwrap();
    let nowhere = Kept::open(&folder.path().join("taken"));
    nowhere
        .lock()
        .content
        .course
        .step(&said(Rule::QueueOld), NOW, 0);
    nowhere.lock().save();
    assert_eq!(nowhere.lock().content.course.firing().count(), 1);
}
