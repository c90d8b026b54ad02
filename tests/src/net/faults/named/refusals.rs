//! Nodes that refuse, break off and fall silent.

use super::{ACCOUNTS, BLOCKHASH, SENT, STATUSES, afterwards, instead, late, survived, told};
use crate::net::faults::{
    Calls::{Any, Of, Reads},
    Heard::{self, Accepted, Half, Reset, Silence, Status},
    SEND, Scenario,
    Trigger::{Always, Every, First as TheFirst, Once},
};

pub(super) fn refusing() -> Vec<Scenario> {
    let (busy, wait, bad, away) = (
        Status(429, None),
        Status(429, Some(1)),
        Status(502, None),
        Status(503, None),
    );
    vec![
        survived("429 on every second call", [instead(Any, Every(2), busy)]),
        survived(
            "429 with Retry-After on every third call",
            [instead(Any, Every(3), wait)],
        ),
        survived(
            "429 on the first two sends",
            [instead(SENT, TheFirst(2), busy)],
        ),
        survived(
            "429 with Retry-After on the first status",
            [instead(STATUSES, TheFirst(1), wait)],
        ),
        survived(
            "429 on the first five statuses",
            [instead(STATUSES, TheFirst(5), busy)],
        ),
        survived(
            "429 on accounts after the send",
            [instead(ACCOUNTS, Once(SEND), busy)],
        ),
        survived(
            "503 on accounts after the send",
            [instead(ACCOUNTS, Once(SEND), away)],
        ),
        survived(
            "502 on the first three blockhashes",
            [instead(BLOCKHASH, TheFirst(3), bad)],
        ),
        survived(
            "503 on the first two simulations",
            [instead(Of("simulateTransaction"), TheFirst(2), away)],
        ),
        survived("502 on every fourth call", [instead(Any, Every(4), bad)]),
        told("503 on every blockhash", [instead(BLOCKHASH, Always, away)]),
        told("503 on every status", [instead(STATUSES, Always, away)]),
        told(
            "429 on everything after the send",
            [instead(Any, Once(SEND), busy)],
        ),
        told("503 on everything", [instead(Any, Always, away)]),
    ]
}

/// Sends that break off.
pub(super) fn breaking_off() -> Vec<Scenario> {
    vec![
        told(
            "503 on every send, not passed on",
            [instead(SENT, Always, Status(503, None))],
        ),
        survived(
            "503 on every send, passed on",
            [afterwards(SENT, Always, Status(503, None))],
        ),
        survived(
            "502 on the first send, passed on",
            [afterwards(SENT, TheFirst(1), Status(502, None))],
        ),
        survived(
            "reset at every send, passed on",
            [afterwards(SENT, Always, Reset)],
        ),
        survived(
            "reset at the first send, not passed on",
            [instead(SENT, TheFirst(1), Reset)],
        ),
        told(
            "reset at every send, not passed on",
            [instead(SENT, Always, Reset)],
        ),
        survived(
            "the answer to the send is cut off",
            [afterwards(SENT, TheFirst(1), Half)],
        ),
        told(
            "the send is never answered, passed on",
            [afterwards(SENT, Always, Silence)],
        ),
        told(
            "the send is never answered, not passed on",
            [instead(SENT, Always, Silence)],
        ),
    ]
}

/// Sends that are answered by what is not so.
pub(super) fn sending() -> Vec<Scenario> {
    let (internal, unhealthy) = (
        Heard::Error(-32603, "Internal error"),
        Heard::Error(-32005, "Node is behind by 42 slots"),
    );
    let processed = Heard::Error(
        -32002,
        "Transaction simulation failed: This transaction has already been processed",
    );
    vec![
        survived("the send is answered 3 s late", [late(SENT, Always, 3_000)]),
        survived(
            "the first send is called accepted and dropped",
            [instead(SENT, TheFirst(1), Accepted)],
        ),
        told(
            "every send is called accepted and dropped",
            [instead(SENT, Always, Accepted)],
        ),
        survived(
            "the send has an internal error, passed on",
            [afterwards(SENT, Always, internal)],
        ),
        survived(
            "the first send meets an unhealthy node",
            [instead(SENT, TheFirst(1), unhealthy)],
        ),
        survived(
            "the send was already processed",
            [afterwards(SENT, Always, processed)],
        ),
    ]
}

pub(super) fn silent() -> Vec<Scenario> {
    let reading = Of("getTransaction");
    vec![
        survived("reset at every fifth call", [instead(Any, Every(5), Reset)]),
        survived(
            "every fourth answer is cut off",
            [afterwards(Any, Every(4), Half)],
        ),
        survived(
            "accounts are cut off after the send",
            [afterwards(ACCOUNTS, Once(SEND), Half)],
        ),
        survived(
            "the transaction cannot be read",
            [instead(reading, Always, Reset)],
        ),
        survived(
            "the transaction is not there",
            [instead(reading, Always, Heard::Result("null"))],
        ),
        told("reset at every status", [instead(STATUSES, Always, Reset)]),
        told(
            "reset at everything after the send",
            [instead(Any, Once(SEND), Reset)],
        ),
        told(
            "no read is answered after the send",
            [instead(Reads, Once(SEND), Silence)],
        ),
        told(
            "no status is answered",
            [instead(STATUSES, Always, Silence)],
        ),
        survived("everything is 200 ms late", [late(Any, Always, 200)]),
    ]
}
