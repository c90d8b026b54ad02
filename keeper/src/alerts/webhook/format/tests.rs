use super::{
    super::super::{
        course::Alert,
        judge::Key,
        rule::Rule,
        told::{Event, Message, News},
    },
    *,
};

/// A token's name as a stranger would choose it to command, to mention or to forge.
const HOSTILE: &str = "<!channel> @everyone <b>&*_`[x](http://evil.example)\u{202e}";

fn webhook(kind: Kind, more: &str) -> Webhook {
    let place = match kind {
        Kind::Telegram => "token = \"1:secret\"\nchat_id = -100",
        _ => "url = \"http://a.example/secret\"",
    };
    toml::from_str(&format!("kind = \"{kind}\"\n{place}\n{more}")).unwrap()
}

fn news(event: Event, called: &str) -> News {
    News {
        event,
        alert: Alert {
            key: Key {
                rule: Rule::BreakerTripped,
                pool: "POOL".to_owned(),
                about: String::new(),
            },
            called: called.to_owned(),
            text: "A loss & more.".to_owned(),
            since: 1_000,
            quiet_since: None,
            fires: true,
        },
        seconds: 7_200,
    }
}

fn posted(kind: Kind, more: &str, event: Event, called: &str) -> Value {
    body(&webhook(kind, more), &Message::One(news(event, called)))
}

#[test]
fn a_message_has_the_format_of_who_shows_it() {
    let first = |kind| posted(kind, "", Event::Firing, "slSOL");
    assert_eq!(
        first(Kind::Slack),
        json!({
            "text": "🔴 *SluiceBreakerTripped* · slSOL (critical): A loss &amp; more.\nPool POOL",
            "unfurl_links": false,
            "unfurl_media": false,
        })
    );
    assert_eq!(
        first(Kind::Discord),
        json!({
            "content": "🔴 **SluiceBreakerTripped** · slSOL (critical): A loss & more.\nPool POOL",
            "allowed_mentions": {"parse": []},
            "flags": 4,
        })
    );
    assert_eq!(
        first(Kind::Telegram),
        json!({
            "chat_id": "-100",
            "text": "🔴 <b>SluiceBreakerTripped</b> · slSOL (critical): A loss &amp; more.\nPool POOL",
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": true},
        })
    );
    assert_eq!(
        posted(Kind::Json, "", Event::Recovered, "slSOL"),
        json!({
            "event": "recovered",
            "alert": "SluiceBreakerTripped",
            "severity": "critical",
            "pool": "POOL",
            "name": "slSOL",
            "about": "",
            "text": "A loss & more.",
            "since": 1_000,
            "lasted_seconds": 7_200,
            "message": "🟢 SluiceBreakerTripped · slSOL recovered after 2 hours.",
        })
    );
    let still = posted(Kind::Discord, "", Event::StillFiring, "");
    let expected =
        "🔴 **SluiceBreakerTripped** (critical, for 2 hours now): A loss & more.\nPool POOL";
    assert_eq!(still["content"], expected);
}

#[test]
fn names_that_strangers_chose_are_no_markup_for_anybody() {
    let text = |kind, field: &str| {
        let body = posted(kind, "", Event::Firing, HOSTILE);
        body[field].as_str().unwrap().to_owned()
    };
    for said in [text(Kind::Slack, "text"), text(Kind::Telegram, "text")] {
        assert!(
            said.contains("&lt;!channel&gt; @everyone &lt;b&gt;&amp;"),
            "{said}"
        );
    }
    let said = text(Kind::Discord, "content");
    let escaped = r"\<!channel\> \@everyone \<b\>&\*\_\`\[x\]\(http\://evil.example\)";
    assert!(said.contains(escaped), "{said}");
    for (kind, field) in [
        (Kind::Slack, "text"),
        (Kind::Discord, "content"),
        (Kind::Json, "message"),
    ] {
        assert!(!text(kind, field).contains('\u{202e}'), "{kind}");
    }
    let many = body(
        &webhook(Kind::Slack, ""),
        &Message::Many(vec![
            news(Event::Firing, HOSTILE),
            news(Event::Recovered, HOSTILE),
        ]),
    );
    let many = many["text"].as_str().unwrap();
    assert!(many.starts_with("2 more, together"), "{many}");
    assert!(!many.contains("<!channel>"), "{many}");
}

#[test]
fn an_own_template_says_what_it_likes_and_its_values_are_escaped() {
    let own = "template = \"<!here> {{ severity | upper }} {{ name }}: {{ text }} ({{ lasted }})\"";
    let said = posted(Kind::Slack, own, Event::Firing, "<b>");
    assert_eq!(
        said["text"],
        "<!here> CRITICAL &lt;b&gt;: A loss &amp; more. (2 hours)"
    );
    for useless in [
        "template = \"{% for one in range(9999) %}{{ text }}{% endfor %}\"",
        "template = \" \"",
    ] {
        let said = posted(Kind::Discord, useless, Event::Firing, "slSOL");
        let usual = posted(Kind::Discord, "", Event::Firing, "slSOL");
        assert_eq!(said, usual, "{useless}");
    }
}

#[test]
fn no_message_is_longer_than_it_may_be_whatever_the_texts_are() {
    for kind in [Kind::Slack, Kind::Discord, Kind::Telegram, Kind::Json] {
        let mut long = news(Event::Firing, &HOSTILE.repeat(99));
        long.alert.text = "<>&*".repeat(999);
        let field = match kind {
            Kind::Discord => "content",
            Kind::Slack | Kind::Telegram => "text",
            Kind::Json => "message",
        };
        let one = body(&webhook(kind, ""), &Message::One(long.clone()));
        let many = body(&webhook(kind, ""), &Message::Many(vec![long; 99]));
        for said in [one, many] {
            let length = said[field].as_str().unwrap().chars().count();
            assert!(length <= most_characters(kind), "{kind}: {length}");
        }
    }
}
