//! Messages in the formats of those who show them, as their documentation has it:
//!
//! - Slack: `text` in mrkdwn, in which `&`, `<` and `>` are escaped as in HTML.
//! - Discord: `content` in Markdown of at most 2,000 characters; `allowed_mentions` keeps
//!   `@everyone` quiet.
//! - Telegram: `sendMessage` with `parse_mode` HTML, at most 4,096 characters.

use serde_json::{Value, json};
use sluice_cli::moment::roughly;
use sluice_client::words::printable::printable_lines;

use super::{
    super::{
        rule::Severity,
        settings::{Kind, Webhook},
        told::{Event, Message, News},
    },
    template::{Template, Values},
};

/// What is put into a message is not longer, in characters: escaped five times as long, it still fits.
const LONGEST_TEXT: usize = 500;
const LONGEST_NAME: usize = 60;
/// The same where many things are told at once, each in a line.
const LONGEST_NAME_OF_MANY: usize = 20;
const LONGEST_ABOUT_OF_MANY: usize = 44;
const MOST_LINES: usize = 9;
/// Discord's flag for no previews of what is linked.
const SUPPRESS_EMBEDS: u32 = 4;

/// What is posted.
pub fn body(webhook: &Webhook, message: &Message) -> Value {
    let (text, fields) = match message {
        Message::One(news) => (one(webhook, news), fields(news)),
        Message::Many(news) => {
            let all: Vec<Value> = news.iter().map(fields).collect();
            (
                many(webhook.kind, news),
                json!({"event": "more", "alerts": all}),
            )
        }
    };
    wrap(webhook, &text, fields)
}

/// What is posted to try a webhook.
pub fn test(webhook: &Webhook, keeper: &str) -> Value {
    let text = format!("This is a test: the alerts of the keeper {keeper} arrive here.");
    let escaped = escape(webhook.kind)(&text);
    wrap(webhook, &escaped, json!({"event": "test", "text": text}))
}

fn wrap(webhook: &Webhook, text: &str, mut fields: Value) -> Value {
    match webhook.kind {
        Kind::Slack => json!({"text": text, "unfurl_links": false, "unfurl_media": false}),
        Kind::Discord => json!({
            "content": text,
            "allowed_mentions": {"parse": []},
            "flags": SUPPRESS_EMBEDS,
        }),
        Kind::Telegram => json!({
            "chat_id": webhook.chat_id,
            "text": text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": true},
        }),
        Kind::Json => {
            if let Some(fields) = fields.as_object_mut() {
                fields.insert("message".to_owned(), json!(text));
            }
            fields
        }
    }
}

/// The text of one thing: by the own template, or where that is too long or fails, by the usual one.
fn one(webhook: &Webhook, news: &News) -> String {
    let (kind, values) = (webhook.kind, values(news));
    let own = webhook.template.as_ref();
    let own = own.and_then(|template| template.render(&values, escape(kind)).ok());
    let fits =
        |text: &String| !text.trim().is_empty() && text.chars().count() <= most_characters(kind);
    own.filter(fits).unwrap_or_else(|| usual(kind, &values))
}

fn usual(kind: Kind, values: &Values) -> String {
    let (open, close) = bold(kind);
    let said = format!(
        "{{{{ mark }}}} {open}{{{{ alert }}}}{close}{{% if name %}} · {{{{ name }}}}{{% endif %}}\
         {{% if event == 'recovered' %}} recovered after {{{{ lasted }}}}.{{% else %}} ({{{{ severity }}}}\
         {{% if event == 'still firing' %}}, for {{{{ lasted }}}} now{{% endif %}}): {{{{ text }}}}\
         {{% if pool %}}\nPool {{{{ pool }}}}{{% endif %}}{{% endif %}}"
    );
    let rendered = Template::from(said.as_str()).render(values, escape(kind));
    // The template is of this file, and a test fills it in.
    rendered.unwrap_or_else(|_| escape(kind)(&values.text))
}

/// The text of many things, each in a line.
fn many(kind: Kind, news: &[News]) -> String {
    let (open, close) = bold(kind);
    let said = |text: &str, most| escape(kind)(&clipped(text, most));
    let lines = news.iter().take(MOST_LINES).map(|one| {
        let values = values(one);
        let event = values.event;
        let name = said(&values.name, LONGEST_NAME_OF_MANY);
        let about = said(&values.about, LONGEST_ABOUT_OF_MANY);
        format!(
            "{} {open}{}{close} {event} {name} {about}",
            values.mark, values.alert
        )
    });
    let left = news.len().saturating_sub(MOST_LINES);
    let rest = (left > 0).then(|| format!("and {left} that the keeper's page and log have"));
    let count = news.len();
    let head = format!("{count} more, together, since this hour's messages are used up:");
    let all: Vec<String> = [head].into_iter().chain(lines).chain(rest).collect();
    all.join("\n")
}

fn values(news: &News) -> Values {
    let alert = &news.alert;
    let severity = alert.key.rule.severity();
    Values {
        event: word(news.event),
        mark: mark(news.event, severity),
        alert: alert.key.rule.to_string(),
        severity: severity.to_string(),
        pool: alert.key.pool.clone(),
        name: clipped(&alert.called, LONGEST_NAME),
        about: clipped(&alert.key.about, LONGEST_NAME),
        text: clipped(&alert.text, LONGEST_TEXT),
        lasted: roughly(news.seconds),
    }
}

fn fields(news: &News) -> Value {
    let values = values(news);
    json!({
        "event": values.event,
        "alert": values.alert,
        "severity": values.severity,
        "pool": values.pool,
        "name": values.name,
        "about": values.about,
        "text": values.text,
        "since": news.alert.since,
        "lasted_seconds": news.seconds,
    })
}

fn word(event: Event) -> &'static str {
    match event {
        Event::Firing => "firing",
        Event::StillFiring => "still firing",
        Event::Recovered => "recovered",
    }
}

fn mark(event: Event, severity: Severity) -> &'static str {
    match (event, severity) {
        (Event::Recovered, _) => "🟢",
        (_, Severity::Critical) => "🔴",
        (_, Severity::Warning) => "🟡",
        (_, Severity::Info) => "🔵",
    }
}

fn bold(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Slack => ("*", "*"),
        Kind::Discord => ("**", "**"),
        Kind::Telegram => ("<b>", "</b>"),
        Kind::Json => ("", ""),
    }
}

fn most_characters(kind: Kind) -> usize {
    match kind {
        Kind::Discord => 2_000,
        Kind::Telegram => 4_096,
        Kind::Slack | Kind::Json => 4_000,
    }
}

fn clipped(text: &str, most: usize) -> String {
    let text = printable_lines(text);
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// How a stranger's text loses what would be markup.
fn escape(kind: Kind) -> fn(&str) -> String {
    match kind {
        Kind::Slack | Kind::Telegram => |text| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
        },
        Kind::Discord => |text| {
            let is_markup = |one: char| "\\*_~`|>#-+[]()<@:".contains(one);
            let escaped = text.chars().flat_map(|one| {
                let slash = is_markup(one).then_some('\\');
                slash.into_iter().chain([one])
            });
            escaped.collect()
        },
        Kind::Json => str::to_owned,
    }
}

#[cfg(test)]
mod tests;
