//! Nodes that say what is not so, or not any more.

use super::{
    ACCOUNTS, BLOCKHASH, HEIGHT, NULL_STATUS, STATUSES, changed, instead, late, survived, told,
    too_high,
};
use crate::net::faults::{
    Calls::Any,
    Change::{First, Lag, More, Set},
    Heard, SEND, Scenario,
    Trigger::{Always, Every, First as TheFirst, Once},
};

pub(super) fn lying() -> Vec<Scenario> {
    let none = [changed(STATUSES, Always, NULL_STATUS)];
    let early = [
        changed(STATUSES, Always, NULL_STATUS),
        changed(STATUSES, Always, Set("/result/context/slot", "1")),
        late(HEIGHT, Once(SEND), 2_500),
    ];
    let invalid = Set(
        "/result/value/blockhash",
        "\"11111111111111111111111111111111\"",
    );
    let (short, long) = (
        Set("/result/value/lastValidBlockHeight", "1"),
        More("/result/value/lastValidBlockHeight", 1_000_000),
    );
    let short_and_blind = [changed(BLOCKHASH, Always, short), none[0].clone()];
    vec![
        told(
            "the height is too high and late, statuses are of slot 1",
            [&early[..], &too_high(Once(SEND))].concat(),
        ),
        told(
            "the height is too high, statuses are null",
            [&none[..], &too_high(Always)].concat(),
        ),
        survived(
            "the height is too high after the send",
            too_high(Once(SEND)),
        ),
        survived(
            "the height is too high, five statuses are null",
            [
                &too_high(Always)[..],
                &[changed(STATUSES, TheFirst(5), NULL_STATUS)],
            ]
            .concat(),
        ),
        told("statuses are null", none),
        told(
            "the blockhash is made up",
            [changed(BLOCKHASH, Always, invalid)],
        ),
        survived(
            "the blockhash has expired by its height",
            [changed(BLOCKHASH, Always, short)],
        ),
        told(
            "the blockhash has expired by its height, statuses are null",
            short_and_blind,
        ),
        survived(
            "the blockhash never expires",
            [changed(BLOCKHASH, Always, long)],
        ),
    ]
}

pub(super) fn behind() -> Vec<Scenario> {
    let (coded, worded) = (
        Heard::Error(-32016, "Minimum context slot has not been reached"),
        Heard::Error(-32603, "Min context slot not reached"),
    );
    vec![
        survived("the node is 5 slots behind", [changed(Any, Always, Lag(5))]),
        survived(
            "every third answer is of 10 slots ago",
            [changed(Any, Every(3), Lag(10))],
        ),
        told(
            "the first status is given for ever",
            [changed(STATUSES, Always, First)],
        ),
        // Survived where no slot passes between two reads; then the node is behind, and that is said.
        told(
            "the first accounts are given for ever",
            [changed(ACCOUNTS, Always, First)],
        ),
        survived(
            "-32016 on every third read of accounts",
            [instead(ACCOUNTS, Every(3), coded)],
        ),
        survived(
            "-32603 for the slot on every third read of accounts",
            [instead(ACCOUNTS, Every(3), worded)],
        ),
        survived(
            "-32016 on accounts after the send",
            [instead(ACCOUNTS, Once(SEND), coded)],
        ),
    ]
}
