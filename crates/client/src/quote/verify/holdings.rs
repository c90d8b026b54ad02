//! What the pool holds beside stake: lamports and tokens.

use sluice_math::Lamports;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint};

use super::{
    books::{Books, sum_of},
    check::{Check, Figure, Subject, Verdict},
};
use crate::{
    Result,
    words::amounts::{lst, sol},
};

/// Decimals of an LST.
const DECIMALS: u8 = 9;

impl Books<'_> {
    /// The reserve has at least what is booked.
    pub fn reserve(&self) -> Check {
        let address = self.evidence.addresses.reserve;
        let booked = self.pool.reserve_lamports;
        let found = self.evidence.lamports(&address);
        let fine = format!(
            "The reserve holds {}, and {} are booked.",
            sol(found),
            sol(booked)
        );
        let mut check = Check::new(Subject::Reserve, fine)
            .compare(Figure::Lamports(booked), Figure::Lamports(found));
        self.require_purse(&mut check, address);
        if found < booked {
            let says = format!("{} are booked, and {} are there.", sol(booked), sol(found));
            check.about(Verdict::Fail, address, says);
        }
        check
    }

    /// A purse is of the system program and without data, so that the program's signature moves its
    /// lamports and nothing else can.
    pub(super) fn require_purse(&self, check: &mut Check, address: Pubkey) {
        let is_purse = self
            .evidence
            .account(&address)
            .is_none_or(|account| account.owner == system_program::ID && account.data.is_empty());
        check.require(
            is_purse,
            address,
            "Another program owns the account and can empty it.",
        );
    }

    /// Everything that is there is at least what prices say that the pool owns.
    ///
    /// Fails where the sums do not fit.
    pub fn backing(&self) -> Result<Check> {
        let rent = self.cluster.stake_rent();
        let held = self.slots().flat_map(|slot| self.held(slot));
        let staked = sum_of(held, |held| held.worth(rent).get());
        let reserve = self.evidence.lamports(&self.evidence.addresses.reserve);
        let found = Lamports::new(staked)
            .add(Lamports::new(reserve))?
            .saturating_sub(Lamports::new(self.pool.locked_lamports));
        let booked = self.pool.ledger().full()?;
        let more = found.saturating_sub(booked);
        let fine = match more.is_zero() {
            true => format!("The pool owns {}, as its price says.", sol(booked.get())),
            false => format!(
                "The pool owns {}, as its price says, and {} more that are not booked yet.",
                sol(booked.get()),
                sol(more.get())
            ),
        };
        let mut check = Check::new(Subject::Backing, fine).compare(
            Figure::Lamports(booked.get()),
            Figure::Lamports(found.get()),
        );
        if found < booked {
            let says = format!(
                "The price says that the pool owns {}, and it has {}: {} are missing.",
                sol(booked.get()),
                sol(found.get()),
                sol(booked.saturating_sub(found).get())
            );
            check.add(Verdict::Fail, says);
        }
        Ok(check)
    }

    fn mint(&self) -> Option<Mint> {
        let account = self.evidence.account(&self.evidence.addresses.mint)?;
        let is_token = account.owner == spl_token_interface::ID;
        is_token.then(|| Mint::unpack(&account.data).ok())?
    }

    /// The token is minted by the program alone and frozen by nobody.
    pub fn token(&self) -> Check {
        let own = &self.evidence.addresses;
        let mut check = Check::new(
            Subject::Mint,
            "Only the program can mint the token, and nobody can freeze it.",
        );
        let Some(mint) = self.mint() else {
            check.about(Verdict::Fail, own.mint, "The token's mint cannot be read.");
            return check;
        };
        let minter = Option::<Pubkey>::from(mint.mint_authority);
        let expected = Figure::Address(Some(own.mint_authority));
        check = check.compare(expected, Figure::Address(minter));
        let says = match minter {
            Some(minter) => format!("{minter} can mint the token, and not the program."),
            None => "Nobody can mint the token any more, so that deposits cannot work.".to_owned(),
        };
        check.require(minter == Some(own.mint_authority), own.mint, says);
        if let Some(freezer) = Option::<Pubkey>::from(mint.freeze_authority) {
            let says = format!("{freezer} can freeze the tokens of everybody.");
            check.about(Verdict::Fail, own.mint, says);
        }
        let says = format!("The token has {} decimals instead of 9.", mint.decimals);
        check.require(mint.decimals == DECIMALS, own.mint, says);
        check
    }

    /// No more LST exist than share the pool.
    pub fn supply(&self) -> Check {
        let booked = self.pool.lst_supply;
        let found = self.mint().map_or(0, |mint| mint.supply);
        let burned = booked.saturating_sub(found);
        let fine = match burned {
            0 => format!("{} exist, as the price says.", lst(found)),
            burned => format!(
                "{} exist. {} were burned by holders since the last finalize.",
                lst(found),
                lst(burned)
            ),
        };
        let mut check =
            Check::new(Subject::Supply, fine).compare(Figure::Lst(booked), Figure::Lst(found));
        if found > booked {
            let says = format!(
                "{} exist, and the price counts {}: each is worth less than the price says.",
                lst(found),
                lst(booked)
            );
            check.about(Verdict::Fail, self.evidence.addresses.mint, says);
        }
        check
    }

    /// The queued LST are there, beside those of the seed.
    pub fn escrow(&self) -> Check {
        let address = self.evidence.addresses.escrow;
        let pool = &self.pool;
        let queued = pool.open_lst.saturating_add(pool.locked_lst);
        let least = queued.saturating_add(pool.dead_lst);
        let found = self.token_account(&address).map_or(0, |token| token.amount);
        let fine = format!(
            "{} wait in the queue, and all of them are there.",
            lst(queued)
        );
        let mut check =
            Check::new(Subject::Escrow, fine).compare(Figure::Lst(least), Figure::Lst(found));
        self.require_own_tokens(&mut check, address);
        if found < least {
            let says = format!("{} must be there, and {} are.", lst(least), lst(found));
            check.about(Verdict::Fail, address, says);
        }
        let live = pool.lst_supply.checked_sub(pool.dead_lst);
        let says = "More LST wait in the queue than there are.";
        check.require(live.is_some_and(|live| queued <= live), address, says);
        check
    }

    /// The account with the reward fee is the program's.
    pub fn fees(&self) -> Check {
        let address = self.evidence.addresses.fees;
        let found = self.token_account(&address).map_or(0, |token| token.amount);
        let fine = format!("{} wait for the treasury.", lst(found));
        let mut check = Check::new(Subject::Fees, fine);
        self.require_own_tokens(&mut check, address);
        check
    }

    fn token_account(&self, address: &Pubkey) -> Option<TokenAccount> {
        let account = self.evidence.account(address)?;
        let is_token = account.owner == spl_token_interface::ID;
        is_token.then(|| TokenAccount::unpack(&account.data).ok())?
    }

    fn require_own_tokens(&self, check: &mut Check, address: Pubkey) {
        let own = &self.evidence.addresses;
        let Some(token) = self.token_account(&address) else {
            check.about(Verdict::Fail, address, "The token account cannot be read.");
            return;
        };
        let says = format!(
            "The token account is of {}, and not of the program.",
            token.owner
        );
        check.require(token.owner == own.mint_authority, address, says);
        let says = "The token account holds another token.";
        check.require(token.mint == own.mint, address, says);
        let says = "The token account is frozen.";
        check.require(token.state == AccountState::Initialized, address, says);
        let others = token.delegate.is_some() || token.close_authority.is_some();
        check.require(
            !others,
            address,
            "Others can take from the token account or close it.",
        );
    }
}
