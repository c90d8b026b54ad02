//! Sends probes, and sees that what is refused changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use sluice_tests::{
    cluster::{AccountsSnapshot, addresses_of},
    idl,
    scenario::two_pools::{Case, FAKE_PROGRAM, Sibling, TwoPools},
};
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{is_free, refusals::Refusals, singles::fake_copies};

/// Two pools, and what was accepted there.
pub struct Prober {
    pub pools: TwoPools,
    pub copies: BTreeMap<Pubkey, Pubkey>,
    /// Descriptions of what was accepted.
    pub accepted: BTreeSet<String>,
    /// Mixtures that worked and are not of free choices alone.
    pub harmful: Vec<String>,
    /// How wrong accounts were refused.
    pub refusals: Refusals,
    /// How many mixtures were sent.
    pub mixtures: usize,
    keypairs: Vec<Keypair>,
    before: AccountsSnapshot,
}

impl Prober {
    pub async fn new(
        mut pools: TwoPools,
        ours: &[Case],
        foreign: &[Case],
        siblings: &[Sibling],
    ) -> Self {
        let cases = ours.iter().chain(foreign).map(|case| &case.instruction);
        let siblings = siblings.iter().map(|sibling| &sibling.instruction);
        let instructions: Vec<Instruction> = cases.chain(siblings).cloned().collect();
        let mut addresses: BTreeSet<Pubkey> = addresses_of(&instructions).into_iter().collect();
        let copies = fake_copies(&mut pools, &addresses).await;
        addresses.extend(copies.values());
        addresses.extend([pools.mallory(), FAKE_PROGRAM]);
        let addresses: Vec<Pubkey> = addresses.into_iter().collect();
        let before = pools.pool.cluster.snapshot(&addresses).await;
        let mut keypairs = pools.keypairs();
        let signers = ours.iter().chain(foreign).flat_map(|case| &case.signers);
        keypairs.extend(signers.map(Keypair::insecure_clone));
        Self {
            pools,
            keypairs,
            before,
            copies,
            accepted: BTreeSet::new(),
            harmful: Vec::new(),
            refusals: Refusals::default(),
            mixtures: 0,
        }
    }

    /// Sends the instruction as it should be, which succeeds, and every probe of it with one thing
    /// wrong. Gives the names of its accounts.
    pub async fn probe(&mut self, case: &Case, foreign: &Case) -> Vec<String> {
        self.send(&case.instruction)
            .await
            .unwrap_or_else(|error| panic!("{} does not work: {error:?}", case.name));
        self.restore().await;
        let names = position_names(case);
        for probe in self.probes(case, foreign, &names) {
            let described = format!("{}.{} {}", case.name, names[probe.position], probe.what);
            match self.send(&probe.instruction).await {
                Ok(()) => {
                    self.pools.pool.check().await;
                    self.restore().await;
                    self.accept(described);
                }
                Err(error) => {
                    assert_ne!(
                        error,
                        Some(InstructionError::ProgramFailedToComplete),
                        "{described}"
                    );
                    self.assert_refused(&probe.instruction, &described).await;
                    let account = format!("{}.{}", case.name, names[probe.position]);
                    self.refusals.note(account, &probe.what, error.as_ref());
                }
            }
        }
        self.assert_untouched(case.name).await;
        names
    }

    pub fn accept(&mut self, described: String) {
        if !is_free(&described) {
            self.accepted.insert(described);
        }
    }

    pub async fn send(
        &mut self,
        instruction: &Instruction,
    ) -> Result<(), Option<InstructionError>> {
        let signers: Vec<&Keypair> = self.keypairs.iter().collect();
        let instructions = [instruction.clone()];
        let sent = self.pools.pool.cluster.send(&instructions, &signers);
        match sent.await {
            Ok(_) => Ok(()),
            Err(failure) => Err(failure.instruction_error().cloned()),
        }
    }

    /// A transaction can change no account that it does not name.
    async fn assert_refused(&mut self, instruction: &Instruction, described: &str) {
        for address in addresses_of(std::slice::from_ref(instruction)) {
            let now = self.pools.pool.cluster.try_account(&address).await;
            let before = self.before.get(&address);
            assert_eq!(
                now.as_ref(),
                before,
                "{described} was refused, but changed {address}"
            );
        }
    }

    /// Nobody has the keys of most accounts: they cannot sign.
    pub fn sign_what_can_be_signed(&self, instruction: &mut Instruction) {
        for meta in &mut instruction.accounts {
            let has_key = self.keypairs.iter().any(|key| key.pubkey() == meta.pubkey);
            meta.is_signer = meta.is_signer && has_key;
        }
    }

    async fn now(&mut self) -> AccountsSnapshot {
        let addresses: Vec<Pubkey> = self.before.addresses().copied().collect();
        self.pools.pool.cluster.snapshot(&addresses).await
    }

    pub async fn assert_untouched(&mut self, described: &str) {
        let now = self.now().await;
        assert!(
            self.before == now,
            "{described} was refused and yet changed accounts: {:?}",
            self.before.changes(&now)
        );
    }

    pub async fn restore(&mut self) {
        self.pools.pool.cluster.restore(&self.before).await;
        self.assert_untouched("restoring").await;
    }
}

/// Names of the accounts of a case, those of the remaining accounts by their number.
fn position_names(case: &Case) -> Vec<String> {
    let mut names = idl::account_names(case.name);
    let remaining = case.instruction.accounts.len() - names.len();
    names.extend((0..remaining).map(|number| format!("remaining {number}")));
    names
}
