//! Attacks that somebody has thought of, on pools of this and of other programs.

use super::{
    genome::Genome,
    moves::Move,
    play::Moment::{self, BeforeWindow, Evening, LastSlot, Morning, Noon, Unpriced, Window},
    scene::VALIDATORS,
};

const ALL: u16 = 10_000;

/// What is done in which epoch and when.
type Attack<'a> = &'a [(usize, Moment, Move)];

const ATTACKS: &[Attack<'_>] = &[
    // in before the price of the epoch is made, and out after it
    &[
        (0, LastSlot, Move::Deposit(ALL)),
        (1, Morning, Move::Withdraw(ALL)),
    ],
    &[
        (0, LastSlot, Move::Deposit(ALL)),
        (1, Morning, Move::Request(ALL)),
    ],
    &[
        (0, LastSlot, Move::Deposit(ALL)),
        (1, LastSlot, Move::Withdraw(ALL)),
    ],
    // a moment of what drips
    &[
        (0, Morning, Move::Deposit(ALL)),
        (0, Evening, Move::Withdraw(ALL)),
    ],
    &[
        (0, Morning, Move::Deposit(1_000)),
        (0, Noon, Move::Withdraw(ALL)),
    ],
    // a request that is taken back when the price is known
    &[
        (0, BeforeWindow, Move::Request(ALL)),
        (0, BeforeWindow, Move::Cancel(0)),
    ],
    &[
        (0, Evening, Move::Request(ALL)),
        (1, Morning, Move::Cancel(0)),
        (1, Morning, Move::Withdraw(ALL)),
    ],
    // gifts around a deposit or an exit
    &[
        (0, LastSlot, Move::Give(0, ALL)),
        (1, LastSlot, Move::Withdraw(ALL)),
    ],
    &[
        (0, Noon, Move::Deposit(ALL)),
        (0, LastSlot, Move::Give(4, ALL)),
        (1, LastSlot, Move::Request(ALL)),
    ],
    // the reserve is emptied, and stake taken back, in the last slot
    &[
        (0, LastSlot, Move::Withdraw(ALL)),
        (0, LastSlot, Move::Crank(5, 0)),
        (1, Morning, Move::Deposit(ALL)),
    ],
    // nobody prices the epoch
    &[
        (0, LastSlot, Move::Deposit(ALL)),
        (1, Morning, Move::Sleep),
        (1, LastSlot, Move::Crank(0, 0)),
        (1, LastSlot, Move::Crank(1, 0)),
        (2, Morning, Move::Withdraw(ALL)),
    ],
    // a part of the epoch is observed by somebody else
    &[
        (0, Unpriced, Move::Crank(0, 2)),
        (1, Morning, Move::Withdraw(ALL)),
        (1, Window, Move::Crank(4, 0)),
    ],
    // validators that pay nothing lower the charge
    &[
        (0, Noon, Move::Vote(0, 5_100)),
        (1, LastSlot, Move::Deposit(ALL)),
        (2, LastSlot, Move::Withdraw(ALL)),
    ],
    &[
        (0, Noon, Move::Commission(0, 10_000)),
        (1, Noon, Move::Commission(0, 0)),
        (2, LastSlot, Move::Deposit(ALL)),
        (3, LastSlot, Move::Request(ALL)),
    ],
    &[
        (0, Noon, Move::CloseVote(3)),
        (1, LastSlot, Move::Withdraw(ALL)),
    ],
];

/// All of them: a search begins with these.
pub fn known_attacks() -> Vec<Genome> {
    let mut attacks: Vec<Genome> = ATTACKS
        .iter()
        .map(|it| Genome::of(it.iter().copied()))
        .collect();
    for validator in 0..VALIDATORS as u8 {
        let other = (validator + 1) % VALIDATORS as u8;
        // stake for the boundary, stake that passes through, and from a bad validator to a good one
        let with_stake: [Attack<'_>; 4] = [
            &[
                (0, LastSlot, Move::Deposit(ALL)),
                (0, LastSlot, Move::WithdrawStake(validator, ALL)),
            ],
            &[
                (0, Morning, Move::DepositStake(validator, ALL)),
                (0, LastSlot, Move::WithdrawStake(validator, ALL)),
            ],
            &[
                (0, LastSlot, Move::DepositStake(validator, ALL)),
                (0, LastSlot, Move::WithdrawStake(other, ALL)),
            ],
            &[
                (0, LastSlot, Move::WithdrawStake(validator, ALL)),
                (1, Morning, Move::DepositStake(validator, ALL)),
            ],
        ];
        attacks.extend(with_stake.map(|it| Genome::of(it.iter().copied())));
    }
    attacks
}
