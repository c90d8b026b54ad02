//! How long an instruction can wait for signatures.

/// What makes an instruction of the program fail for good, after "until". None for what anybody
/// can do, which needs no signature that takes long.
pub fn works_until(instruction: &str) -> Option<&'static str> {
    Some(match instruction {
        "request_unstake" => {
            "the last batch that it names is locked, its LST is gone, or its number has a ticket"
        }
        "cancel_ticket" => "the ticket's batch locks, or the ticket has another owner",
        "transfer_ticket" => "the ticket is paid in full, or has another owner, batch or amount",
        "deposit_sol" => "the LST is dearer than `minimum_lst` allows",
        "deposit_stake" => {
            "the LST is dearer than `minimum_lst` allows, the stake has moved, or its validator \
             leaves the pool or is full"
        }
        "withdraw_sol" => {
            "fee or price leave less than `minimum_lamports`, or the reserve is short"
        }
        "withdraw_stake" => {
            "fee or price leave less than the least that it names, or the validator leaves the \
             pool or has too little stake"
        }
        "add_validator" => {
            "more validators were added before it than it names serials for, the validator breaks \
             a rule, or the curator has changed"
        }
        "set_weight" => {
            "the validator has another serial, another weight was decided, or the curator has \
             changed"
        }
        "retire_validator" => {
            "the validator has another serial or leaves already, or the curator has changed"
        }
        "nominate_admin" | "set_curator" | "set_guardian" | "set_treasury" => {
            "another key is in the place of the one that it replaces, or the admin has changed"
        }
        "accept_admin" => "the nomination is taken back or replaced",
        "schedule_change" => {
            "another value is in the place of the one that it replaces, it no longer fits the \
             others, or the admin has changed"
        }
        "cancel_change" => "the change that it names waits no longer, or the admin has changed",
        "pause" => "the guardian has changed, or the pauses are used up",
        "unpause" => "the pause that it names ends",
        "acknowledge_loss" => {
            "the loss that it names is over or has grown, or the admin has changed"
        }
        "create_pool" => "the mint has a supply or another authority",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::idl, *};

    /// Anybody can send these, so that none waits for signatures; or they change nothing.
    const OF_ANYBODY: [&str; 17] = [
        "claim",
        "close_slot",
        "collect",
        "delegate",
        "eject_validator",
        "finalize_epoch",
        "migrate_page",
        "migrate_pool",
        "observe",
        "pay_fees",
        "quote_deposit",
        "quote_withdraw",
        "rate",
        "reclaim",
        "report_loss",
        "settle_batch",
        "undelegate",
    ];

    #[test]
    fn every_instruction_says_until_when_it_can_wait_unless_anybody_can_send_it() {
        for name in idl::instruction_names() {
            assert_eq!(
                works_until(name).is_none(),
                OF_ANYBODY.contains(&name),
                "{name}"
            );
        }
    }
}
