//! One message to one webhook.

use std::time::{Duration, SystemTime};

use reqwest::{Client, Error, Response, header::RETRY_AFTER, redirect::Policy};
use serde_json::Value;
use sluice_client::words::printable::{printable, without_key};

use super::super::settings::Webhook;

/// Who does not answer within this time is asked again later.
const PATIENCE: Duration = Duration::from_secs(10);
/// No webhook is left alone for longer, whatever it says.
const LONGEST_REST: Duration = Duration::from_secs(3_600);
/// What is read of an answer.
const MOST_BYTES: usize = 4_096;
/// What is told of an answer, in characters.
const MOST_TOLD: usize = 120;

/// A message that did not arrive.
#[derive(Debug)]
pub struct Setback {
    /// Why, as a sentence without its beginning and end, and without any secret.
    pub what: String,
    /// How long the webhook wants to be left alone.
    pub rest: Option<Duration>,
}

/// What posts. Nothing is followed to another place.
///
/// # Errors
///
/// Where the machine has no usable TLS.
pub fn client() -> Result<Client, Error> {
    Client::builder()
        .user_agent(concat!("sluice-keeper/", env!("CARGO_PKG_VERSION")))
        .timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .redirect(Policy::none())
        .build()
}

/// Posts a message.
///
/// # Errors
///
/// Where it did not arrive, or nobody knows.
pub async fn post(http: &Client, webhook: &Webhook, body: &Value) -> Result<(), Setback> {
    let posted = http.post(webhook.address()).json(body).send().await;
    let response = posted.map_err(|error| Setback {
        what: called(&error).to_owned(),
        rest: None,
    })?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let asked = response.headers().get(RETRY_AFTER);
    let asked = asked.and_then(|value| header_rest(value.to_str().ok()?, SystemTime::now()));
    let answer = beginning(response, MOST_BYTES).await;
    let rest = asked.or_else(|| body_rest(&answer));
    let said = told(&answer, webhook);
    Err(Setback {
        what: format!("it answers {}{said}", status.as_u16()),
        rest: rest.map(|rest| rest.min(LONGEST_REST)),
    })
}

/// What went wrong on the way, without the URL.
pub fn called(error: &Error) -> &'static str {
    if error.is_timeout() {
        "it does not answer in time"
    } else if error.is_connect() {
        "it cannot be reached"
    } else {
        "the connection breaks"
    }
}

/// The beginning of an answer.
pub async fn beginning(mut response: Response, most: usize) -> Vec<u8> {
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        read.extend_from_slice(&chunk);
        if read.len() >= most {
            break;
        }
    }
    read.truncate(most);
    read
}

/// Seconds, or a date.
fn header_rest(text: &str, now: SystemTime) -> Option<Duration> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| {
        let until = httpdate::parse_http_date(text).ok()?;
        Some(until.duration_since(now).unwrap_or_default())
    })
}

/// Discord says it in `retry_after`, Telegram in `parameters`.
fn body_rest(answer: &[u8]) -> Option<Duration> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let told = answer
        .get("retry_after")
        .or_else(|| answer.pointer("/parameters/retry_after"))?;
    Duration::try_from_secs_f64(told.as_f64()?).ok()
}

/// What an answer says in words, without what must not be shown: servers repeat the path that they do not
/// know.
fn told(answer: &[u8], webhook: &Webhook) -> String {
    let mut text = String::from_utf8_lossy(answer).into_owned();
    if let Ok(url) = webhook.address().parse() {
        text = without_key(&text, &url);
    }
    for secret in webhook.secrets() {
        text = text.replace(secret, "…");
    }
    let text: String = text.trim().chars().take(MOST_TOLD).collect();
    match text.is_empty() {
        true => String::new(),
        false => format!(" ({})", printable(&text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_is_seconds_or_a_date_or_stands_in_the_answer() {
        let now = httpdate::parse_http_date("Wed, 21 Oct 2015 07:28:00 GMT").unwrap();
        let seconds = |text| header_rest(text, now).map(|rest| rest.as_secs());
        assert_eq!(seconds("7"), Some(7));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:30 GMT"), Some(30));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:00:00 GMT"), Some(0));
        assert_eq!(seconds("soon"), None);
        let rest = |text: &str| body_rest(text.as_bytes());
        assert_eq!(
            rest(r#"{"retry_after": 1.5}"#),
            Some(Duration::from_millis(1_500))
        );
        let telegram = r#"{"ok": false, "parameters": {"retry_after": 9}}"#;
        assert_eq!(rest(telegram), Some(Duration::from_secs(9)));
        for none in [
            "",
            "[]",
            r#"{"retry_after": -1}"#,
            r#"{"retry_after": "x"}"#,
        ] {
            assert_eq!(rest(none), None, "{none}");
        }
    }
}
