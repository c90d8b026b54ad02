//! What a market pays for a token: read from a source that the operator names. A source that fails
//! or is old says nothing of the price.

use std::{
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use reqwest::Client;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::Value;
use sluice_cli::moment::roughly;

use super::{settings::Feed, webhook::send};
use crate::known::Shared;

/// The time between two questions.
const EVERY: Duration = Duration::from_secs(60);
/// No answer is longer.
const MOST_BYTES: usize = 1 << 20;
const LAMPORTS: u64 = 1_000_000_000;

/// What a market pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// Lamports for a whole token, or why that is not known: a sentence without its beginning and end.
    pub price_lamports: Result<u64, String>,
}

/// Asks again and again.
pub async fn watch(http: Client, feed: Feed, shared: Shared) {
    loop {
        let price_lamports = ask(&http, &feed).await;
        let market = Market { price_lamports };
        shared.lock().alarms.markets.insert(feed.pool, market);
        tokio::time::sleep(EVERY).await;
    }
}

async fn ask(http: &Client, feed: &Feed) -> Result<u64, String> {
    let asked = http.get(feed.url.reveal()).send().await;
    let response = asked.map_err(|error| send::called(&error).to_owned())?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("its source answers {}", status.as_u16()));
    }
    let body = send::beginning(response, MOST_BYTES).await;
    let answer: Value =
        serde_json::from_slice(&body).map_err(|_| "its source answers no JSON".to_owned())?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    read(&answer, feed, now.as_secs())
}

/// The price in an answer, if it is young enough.
fn read(answer: &Value, feed: &Feed, now: u64) -> Result<u64, String> {
    if let Some(pointer) = &feed.time_pointer {
        let time = answer.pointer(pointer).and_then(decimal);
        let time = time.and_then(|time| time.floor().to_u64());
        let time = time.ok_or_else(|| format!("its source has no time at {pointer}"))?;
        let age = now.saturating_sub(time);
        if age > feed.max_age_seconds {
            return Err(format!("its source has one that is {} old", roughly(age)));
        }
    }
    let pointer = &feed.pointer;
    let price = answer.pointer(pointer).and_then(decimal);
    let lamports = price.and_then(|price| price.checked_mul(LAMPORTS.into()));
    let lamports = lamports.and_then(|lamports| lamports.floor().to_u64());
    let price = lamports.filter(|lamports| *lamports > 0);
    price.ok_or_else(|| format!("its source has no price at {pointer}"))
}

/// A number, or a text that is one.
fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let plain = Decimal::from_str(&text);
    plain.or_else(|_| Decimal::from_scientific(&text)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn feed(time_pointer: Option<&str>) -> Feed {
        let time = time_pointer.map_or_else(String::new, |pointer| {
            format!("time_pointer = \"{pointer}\"")
        });
        toml::from_str(&format!(
            "pool = \"HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk\"\nurl = \"http://a.example\"\npointer = \
             \"/data/0/price\"\n{time}"
        ))
        .unwrap()
    }

    #[test]
    fn a_price_is_a_number_or_a_text_at_its_pointer_and_nothing_else() {
        for (price, lamports) in [
            (json!(1.0625), Ok(1_062_500_000)),
            (json!("1.0625"), Ok(1_062_500_000)),
            (json!(1), Ok(LAMPORTS)),
            (json!(1.5e-3), Ok(1_500_000)),
            (json!(0), Err(())),
            (json!(-1.5), Err(())),
            (json!("NaN"), Err(())),
            (json!(1e40), Err(())),
            (json!({}), Err(())),
            (json!(null), Err(())),
        ] {
            let answer = json!({"data": [{"price": price}]});
            assert_eq!(
                read(&answer, &feed(None), 0).map_err(drop),
                lamports,
                "{answer}"
            );
        }
        let said = read(&json!([]), &feed(None), 0).unwrap_err();
        assert_eq!(said, "its source has no price at /data/0/price");
    }

    #[test]
    fn a_price_that_is_old_or_has_no_time_is_none() {
        let feed = feed(Some("/time"));
        let answer = |time| json!({"data": [{"price": 1}], "time": time});
        assert_eq!(read(&answer(json!(1_000)), &feed, 1_900), Ok(LAMPORTS));
        let old = read(&answer(json!(1_000)), &feed, 1_901).unwrap_err();
        assert_eq!(old, "its source has one that is 15 minutes old");
        let none = read(&answer(json!("yesterday")), &feed, 0).unwrap_err();
        assert_eq!(none, "its source has no time at /time");
    }
}
