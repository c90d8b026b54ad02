//! What a webhook is told, over hours and restarts.

use super::{
    super::{
        course::{Alert, Course},
        settings::Webhook,
        told::{Event, Message, Told},
    },
    *,
};

const HOUR: u64 = 3_600;

fn webhook(more: &str) -> Webhook {
    toml::from_str(&format!(
        "kind = \"json\"\nurl = \"http://a.example/secret\"\n{more}"
    ))
    .unwrap()
}

fn alert(rule: Rule, about: &str) -> Alert {
    let mut judged = said(rule);
    judged.conditions[0].key.about = about.to_owned();
    let mut course = Course::default();
    course.step(&judged, NOW, 0);
    course.firing().next().unwrap().clone()
}

/// A webhook that takes every message at once.
struct Listener {
    told: Told,
    webhook: Webhook,
    limits: AlertSettings,
}

impl Listener {
    fn new(limits: &str) -> Self {
        Self {
            told: Told::default(),
            webhook: webhook(""),
            limits: settings(limits),
        }
    }

    /// What it is told while this fires: event, rule and about; several in one message stand together.
    fn hears(&mut self, firing: &[Alert], seconds: u64) -> Vec<Vec<(Event, Rule, String)>> {
        let now = NOW + seconds;
        self.told.notice(firing, now);
        let mut heard = Vec::new();
        while let Some(message) = self.told.next(firing, &self.webhook, &self.limits, now) {
            let news = message.news().iter();
            let said = news.map(|one| (one.event, one.alert.key.rule, one.alert.key.about.clone()));
            heard.push(said.collect());
            self.told.delivered(&message, now);
            // A restart between any two messages changes nothing.
            let text = serde_json::to_string(&self.told).unwrap();
            self.told = serde_json::from_str(&text).unwrap();
        }
        heard
    }

    fn events(&mut self, firing: &[Alert], seconds: u64) -> Vec<Event> {
        let heard = self.hears(firing, seconds).concat();
        heard.into_iter().map(|(event, ..)| event).collect()
    }
}

#[test]
fn an_alert_is_told_when_it_begins_again_after_hours_and_when_it_is_over() {
    let mut listener = Listener::new("remind_hours = 12");
    let firing = [alert(Rule::QueueOld, "")];
    assert_eq!(listener.events(&firing, 0), [Event::Firing]);
    for seconds in (1..12 * HOUR).step_by(60) {
        assert_eq!(listener.events(&firing, seconds), []);
    }
    assert_eq!(listener.events(&firing, 12 * HOUR), [Event::StillFiring]);
    assert_eq!(listener.events(&firing, 13 * HOUR), []);
    assert_eq!(listener.events(&[], 14 * HOUR), [Event::Recovered]);
    assert_eq!(listener.events(&[], 15 * HOUR), []);
    assert_eq!(listener.events(&firing, 16 * HOUR), [Event::Firing]);
}

#[test]
fn what_is_only_good_to_know_is_told_once() {
    let mut listener = Listener::new("");
    listener.webhook = webhook("min_severity = \"info\"");
    let firing = [alert(Rule::MarketSilent, "")];
    assert_eq!(listener.events(&firing, 0), [Event::Firing]);
    assert_eq!(listener.events(&firing, 1_000 * HOUR), []);
    assert_eq!(listener.events(&[], 1_001 * HOUR), [Event::Recovered]);
}

#[test]
fn a_webhook_hears_nothing_below_its_severity_not_even_an_end() {
    let all = [
        alert(Rule::ChangePending, ""),
        alert(Rule::QueueOld, ""),
        alert(Rule::NoNode, ""),
    ];
    for (least, count) in [("info", 3), ("warning", 2), ("critical", 1)] {
        let mut listener = Listener::new("");
        listener.webhook = webhook(&format!("min_severity = \"{least}\""));
        assert_eq!(listener.events(&all, 0).len(), count, "{least}");
        assert_eq!(listener.events(&[], 60).len(), count, "{least}");
    }
}

#[test]
fn what_began_and_ended_while_a_webhook_was_silent_is_not_told_and_an_end_is_never_lost() {
    let mut listener = Listener::new("");
    let (short, long) = (alert(Rule::QueueOld, ""), alert(Rule::NoNode, ""));
    assert_eq!(
        listener.events(std::slice::from_ref(&long), 0),
        [Event::Firing]
    );
    listener.told.notice(&[short, long.clone()], NOW + 10);
    listener.told.notice(&[], NOW + 20);
    let Some(Message::One(news)) =
        listener
            .told
            .next(&[], &listener.webhook, &listener.limits, NOW + 900)
    else {
        panic!();
    };
    assert_eq!((news.event, news.seconds), (Event::Recovered, 20));
    assert_eq!(
        listener.events(&[long], 901),
        [],
        "it came back before that was told"
    );
}

#[test]
fn an_hour_has_a_bound_of_messages_and_the_last_of_them_tells_all_the_rest() {
    let mut listener = Listener::new("messages_per_hour = 4");
    let firing: Vec<Alert> = (0..50)
        .map(|index| alert(Rule::ValidatorBreach, &index.to_string()))
        .chain([alert(Rule::NoNode, "")])
        .collect();
    let heard = listener.hears(&firing, 0);
    let sizes: Vec<usize> = heard.iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 1, 1, 48]);
    assert_eq!(heard[0][0].1, Rule::NoNode, "what matters most comes first");
    assert_eq!(listener.hears(&firing, 10), Vec::<Vec<_>>::new());
    assert_eq!(listener.hears(&[], HOUR - 1), Vec::<Vec<_>>::new());
    let sizes: Vec<usize> = listener.hears(&[], HOUR).iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 1, 1, 48], "no end is lost");
}

#[test]
fn a_flood_of_flapping_alerts_stays_within_the_bound_of_every_hour() {
    let mut listener = Listener::new("messages_per_hour = 5");
    let mut times = Vec::new();
    for minute in 0..600 {
        let firing: Vec<Alert> = (0..20)
            .filter(|index| (minute + index) % 2 == 0)
            .map(|index| alert(Rule::NodeDown, &index.to_string()))
            .collect();
        let heard = listener.hears(&firing, minute * 60);
        times.extend(heard.iter().map(|_| minute * 60));
    }
    for (index, time) in times.iter().enumerate() {
        let within = times[index..]
            .iter()
            .take_while(|later| **later < time + HOUR);
        assert!(within.count() <= 5);
    }
}
