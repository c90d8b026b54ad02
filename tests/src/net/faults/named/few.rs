//! Nodes that lack methods.

use super::{EPOCH, HEIGHT, NO_METHOD, STATUSES, instead, survived, told};
use crate::net::faults::{
    Calls::Of,
    Heard::{self, Status},
    Scenario,
    Trigger::Always,
};

pub(super) fn poor() -> Vec<Scenario> {
    let scans = Of("getProgramAccounts");
    let excluded = Heard::Error(
        -32010,
        "excluded from account secondary indexes; this RPC method unavailable for key",
    );
    vec![
        survived(
            "no getStakeMinimumDelegation",
            [instead(Of("getStakeMinimumDelegation"), Always, NO_METHOD)],
        ),
        survived("no getProgramAccounts", [instead(scans, Always, excluded)]),
        survived(
            "getProgramAccounts is limited",
            [instead(scans, Always, Status(429, None))],
        ),
        told(
            "no getSignatureStatuses",
            [instead(STATUSES, Always, NO_METHOD)],
        ),
        survived("no getBlockHeight", [instead(HEIGHT, Always, NO_METHOD)]),
        survived("no getEpochInfo", [instead(EPOCH, Always, NO_METHOD)]),
        survived(
            "no getTransaction",
            [instead(Of("getTransaction"), Always, NO_METHOD)],
        ),
        survived(
            "no getRecentPrioritizationFees",
            [instead(
                Of("getRecentPrioritizationFees"),
                Always,
                NO_METHOD,
            )],
        ),
    ]
}
