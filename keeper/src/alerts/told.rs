//! What a webhook has been told, and what it must be told next: the difference between what fires and what
//! was told. So nothing is told twice, nothing is lost while it does not answer, and nothing piles up.

use serde::{Deserialize, Serialize};

use super::{
    course::Alert,
    judge::Key,
    rule::Severity,
    settings::{AlertSettings, Webhook},
};

const HOUR: u64 = 3_600;

/// What one webhook has been told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Alerts whose beginning was told, and whose end was not.
    open: Vec<Open>,
    /// When messages were sent within the last hour.
    sent: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    alert: Alert,
    told_at: u64,
    ended_at: Option<u64>,
}

/// What a message says of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// It begins.
    Firing,
    /// It is over.
    Recovered,
    /// It lasts.
    StillFiring,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What happened.
    pub event: Event,
    /// To which alert.
    pub alert: Alert,
    /// How long it has lasted, in seconds.
    pub seconds: u64,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// One thing.
    One(News),
    /// Everything that the bound of an hour leaves no room for one by one.
    Many(Vec<News>),
}

impl Told {
    /// Notes which alerts are over.
    pub fn notice(&mut self, firing: &[Alert], now: u64) {
        for open in &mut self.open {
            match firing.iter().find(|alert| alert.key == open.alert.key) {
                Some(alert) => {
                    open.alert = alert.clone();
                    open.ended_at = None;
                }
                None => {
                    open.ended_at.get_or_insert(now);
                }
            }
        }
    }

    /// What comes next; nothing where all is told, or the hour has no room.
    pub fn next(
        &self,
        firing: &[Alert],
        webhook: &Webhook,
        limits: &AlertSettings,
        now: u64,
    ) -> Option<Message> {
        let sent = self.sent.iter().filter(|at| is_within_an_hour(**at, now));
        let sent = u64::try_from(sent.count()).unwrap_or(u64::MAX);
        let mut news = self.news(firing, webhook.min_severity, limits, now);
        match limits.messages_per_hour.saturating_sub(sent) {
            0 => None,
            1 if news.len() > 1 => Some(Message::Many(news)),
            _ if news.is_empty() => None,
            _ => Some(Message::One(news.swap_remove(0))),
        }
    }

    /// Everything that is not told, what matters most first.
    fn news(
        &self,
        firing: &[Alert],
        least: Severity,
        limits: &AlertSettings,
        now: u64,
    ) -> Vec<News> {
        let begins = firing.iter().filter(|alert| {
            let is_told = self.open.iter().any(|open| open.alert.key == alert.key);
            !is_told && alert.key.rule.severity() >= least
        });
        let begins = begins.map(|alert| News {
            event: Event::Firing,
            alert: alert.clone(),
            seconds: alert.seconds(now),
        });
        let pause = limits.remind_hours.saturating_mul(HOUR);
        let told = self.open.iter().filter_map(|open| {
            let reminds = open.alert.key.rule.severity() > Severity::Info;
            let event = match open.ended_at {
                Some(_) => Event::Recovered,
                None if reminds && now.saturating_sub(open.told_at) >= pause => Event::StillFiring,
                None => return None,
            };
            let until = open.ended_at.unwrap_or(now);
            Some(News {
                event,
                alert: open.alert.clone(),
                seconds: until.saturating_sub(open.alert.since),
            })
        });
        let mut news: Vec<News> = begins.chain(told).collect();
        news.sort_by_key(|one| (one.event, std::cmp::Reverse(one.alert.key.rule.severity())));
        news
    }

    /// Notes that a message arrived.
    pub fn delivered(&mut self, message: &Message, now: u64) {
        self.sent.retain(|at| is_within_an_hour(*at, now));
        self.sent.push(now);
        for news in message.news() {
            self.open.retain(|open| open.alert.key != news.alert.key);
            if news.event != Event::Recovered {
                self.open.push(Open {
                    alert: news.alert.clone(),
                    told_at: now,
                    ended_at: None,
                });
            }
        }
    }

    /// Forgets alerts that nobody judges any more.
    pub fn keep(&mut self, is_judged: impl Fn(&Key) -> bool) {
        self.open.retain(|open| is_judged(&open.alert.key));
    }
}

impl Message {
    /// What it tells.
    pub fn news(&self) -> &[News] {
        match self {
            Self::One(news) => std::slice::from_ref(news),
            Self::Many(news) => news,
        }
    }
}

/// A clock that was set back leaves times of the future: they count until they are an hour away.
fn is_within_an_hour(at: u64, now: u64) -> bool {
    at.abs_diff(now) < HOUR
}
