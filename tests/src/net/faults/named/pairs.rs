//! Two nodes, one of them at fault.

use super::{EPOCH, NULL_STATUS, SENT, STATUSES, changed, instead, scenario, too_high};
use crate::net::faults::{
    Calls::{Any, Of},
    Change::{Lag, More},
    Heard::{Accepted, Reset, Silence, Status},
    Rule, Scenario,
    Trigger::{After, Always},
};

/// Two nodes: what one does wrong, the other makes up for.
pub(super) fn pairs() -> Vec<Scenario> {
    let with_an_honest_one =
        |name: &str, rules: Vec<Rule>| scenario(name, true, vec![rules, Vec::new()]);
    let far = vec![
        changed(Of("getSlot"), Always, More("/result", 1_000_000)),
        changed(EPOCH, Always, More("/result/absoluteSlot", 1_000_000)),
        changed(Any, Always, More("/result/context/slot", 1_000_000)),
    ];
    let blind = [
        &too_high(Always)[..],
        &[changed(STATUSES, Always, NULL_STATUS)],
    ]
    .concat();
    let limited = vec![instead(Any, After(5), Status(429, Some(30)))];
    vec![
        with_an_honest_one(
            "one of two nodes resets everything",
            vec![instead(Any, Always, Reset)],
        ),
        with_an_honest_one(
            "one of two nodes answers nothing",
            vec![instead(Any, Always, Silence)],
        ),
        with_an_honest_one(
            "one of two nodes is 20 slots behind",
            vec![changed(Any, Always, Lag(20))],
        ),
        with_an_honest_one("one of two nodes says that all has expired", blind),
        with_an_honest_one(
            "one of two nodes drops what is sent",
            vec![instead(SENT, Always, Accepted)],
        ),
        with_an_honest_one("one of two nodes is far ahead of time", far),
        with_an_honest_one("one of two nodes answers five calls", limited),
    ]
}
