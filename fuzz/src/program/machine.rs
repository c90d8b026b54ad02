//! The runtime's own virtual machine, without a bank around it: one instruction on some accounts.

use std::{borrow::Cow, cell::RefCell, rc::Rc, sync::Arc};

use agave_feature_set::FeatureSet;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_hash::Hash;
use solana_instruction::{Instruction, error::InstructionError};
use solana_program_runtime::{
    execution_budget::{SVMTransactionExecutionBudget, SVMTransactionExecutionCost},
    invoke_context::{EnvironmentConfig, InvokeContext},
    loaded_programs::{
        ProgramCacheForTxBatch, ProgramRuntimeEnvironment, ProgramRuntimeEnvironments,
    },
    program_cache_entry::ProgramCacheEntry,
    program_metrics::LoadProgramMetrics,
    solana_sbpf::{
        program::{BuiltinFunctionDefinition, BuiltinProgram},
        vm::Config,
    },
    sysvar_cache::SysvarCache,
};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::{bpf_loader, bpf_loader_upgradeable, native_loader, system_program, sysvar};
use solana_svm_callback::InvokeContextCallback;
use solana_svm_feature_set::SVMFeatureSet;
use solana_svm_log_collector::LogCollector;
use solana_svm_timings::ExecuteTimings;
use solana_syscalls::create_program_runtime_environment;
use solana_transaction_context::{
    MAX_ACCOUNTS_PER_TRANSACTION, instruction_accounts::InstructionAccount,
    transaction::TransactionContext,
};

use super::{
    coverage::Coverage,
    state::{Accounts, State},
};

/// Bytes of one instruction of an ELF.
const INSTRUCTION_BYTES: usize = 8;

/// Executes instructions at one slot.
pub struct Machine {
    features: SVMFeatureSet,
    budget: SVMTransactionExecutionBudget,
    environments: ProgramRuntimeEnvironments,
    programs: ProgramCacheForTxBatch,
    sysvars: SysvarCache,
    /// What the rent sysvar says.
    pub rent: Rent,
}

/// What came of an instruction.
pub struct Ran {
    /// Whether it worked.
    pub result: Result<(), InstructionError>,
    /// All accounts that it named, as it left them.
    pub accounts: Vec<(Pubkey, AccountSharedData)>,
    /// Who signed.
    pub signers: Vec<Pubkey>,
    /// What it said, where that was wanted.
    pub logs: Vec<String>,
}

/// No validator has stake for programs that ask the runtime.
struct NoStake;

impl InvokeContextCallback for NoStake {}

impl Machine {
    /// A machine with these programs, which stands where the sysvars among the accounts do.
    pub fn new(accounts: &Accounts, elfs: &[(Pubkey, Vec<u8>)]) -> Self {
        let features = FeatureSet::all_enabled().runtime_features();
        let budget = SVMTransactionExecutionBudget::new_with_defaults(true);
        let plain = create_program_runtime_environment(&features, &budget, false, false)
            .expect("the runtime's own syscalls");
        let traced = traced(&plain);
        let mut sysvars = SysvarCache::default();
        sysvars.fill_missing_entries(|address, put| {
            if let Some(account) = accounts.get(address) {
                put(account.data());
            }
        });
        let rent = sysvars.get_rent().expect("the rent is among them");
        let slot = sysvars.get_clock().expect("the clock is among them").slot;
        let mut machine = Self {
            features,
            budget,
            environments: ProgramRuntimeEnvironments::new(plain.clone(), plain.clone()),
            programs: ProgramCacheForTxBatch::new(slot),
            sysvars,
            rent: Rent::clone(&rent),
        };
        machine.add_builtins();
        for (address, elf) in elfs {
            let loader = accounts.get(address).map(ReadableAccount::owner);
            if let Some(loader) = loader.filter(|loader| **loader != native_loader::ID) {
                let is_ours = *address == sluice::ID;
                let environment = if is_ours { &traced } else { &plain };
                machine.add(*address, loader, environment, elf);
            }
        }
        machine
    }

    fn add_builtins(&mut self) {
        let loader = solana_bpf_loader_program::Entrypoint::register;
        let system = solana_system_program::system_processor::Entrypoint::register;
        for (address, builtin) in [
            (bpf_loader::ID, loader as _),
            (bpf_loader_upgradeable::ID, loader as _),
            (system_program::ID, system as _),
        ] {
            let entry = ProgramCacheEntry::new_builtin(0, 0, builtin);
            self.programs.replenish(address, Arc::new(entry));
        }
    }

    fn add(
        &mut self,
        address: Pubkey,
        loader: &Pubkey,
        environment: &ProgramRuntimeEnvironment,
        elf: &[u8],
    ) {
        let entry = ProgramCacheEntry::new(
            loader,
            environment.clone(),
            0,
            0,
            elf,
            elf.len(),
            &mut LoadProgramMetrics::default(),
        );
        let entry = entry.expect("a program that was deployed");
        self.programs.replenish(address, Arc::new(entry));
    }

    /// Executes an instruction and notes where it came by. Logs are kept only where they are wanted.
    pub fn run(
        &mut self,
        state: &State<'_>,
        instruction: &Instruction,
        coverage: &mut Coverage,
        wants_logs: bool,
    ) -> Ran {
        let message = Message::of(state, instruction);
        let mut context = TransactionContext::new(
            message.accounts.clone(),
            self.rent.clone(),
            self.budget.max_instruction_stack_depth,
            self.budget.max_instruction_trace_length,
            1,
        );
        let configured = context.configure_instruction_at_index(
            0,
            message.program,
            message.places.clone(),
            message.map.clone(),
            Cow::Borrowed(&instruction.data),
            None,
        );
        configured.expect("room for one instruction");
        let logs = wants_logs.then(|| Rc::new(RefCell::new(LogCollector::default())));
        let mut invoked = InvokeContext::new(
            &mut context,
            &mut self.programs,
            EnvironmentConfig::new(
                Hash::default(),
                5_000,
                false,
                &NoStake,
                &self.features,
                &self.environments,
                &self.sysvars,
            ),
            logs.clone(),
            self.budget,
            SVMTransactionExecutionCost::default(),
        );
        let result = invoked.process_instruction(&mut 0, &mut ExecuteTimings::default());
        let coverage = RefCell::new(coverage);
        invoked.iterate_vm_traces(&|_, executable, trace| {
            let instructions = executable.get_text_bytes().1.len() / INSTRUCTION_BYTES;
            let places = trace.iter().map(|registers| registers[11] as usize);
            coverage.borrow_mut().note(instructions, places);
        });
        drop(invoked);
        let addresses = message.accounts.into_iter().map(|(address, _)| address);
        let after = context.deconstruct_without_keys().expect("nothing runs");
        Ran {
            result,
            accounts: addresses.zip(after).collect(),
            signers: message.signers,
            logs: logs
                .map(|logs| logs.borrow_mut().get_recorded_content().to_vec())
                .unwrap_or_default(),
        }
    }
}

/// The same environment, in which the machine notes where it comes by. The runtime's own way of that asks
/// for names in the ELF, which ours has not.
fn traced(plain: &ProgramRuntimeEnvironment) -> ProgramRuntimeEnvironment {
    let mut traced = BuiltinProgram::new_loader(Config {
        enable_register_tracing: true,
        ..plain.get_config().clone()
    });
    for (_, (name, syscall)) in plain.get_function_registry().iter() {
        let name = std::str::from_utf8(name).expect("a syscall's name is text");
        let registered = traced.register_function(name, syscall);
        registered.expect("a syscall that was registered once");
    }
    ProgramRuntimeEnvironment::from(traced)
}

/// An instruction as a transaction holds it: every account once, with all that it is named as.
struct Message {
    accounts: Vec<(Pubkey, AccountSharedData)>,
    places: Vec<InstructionAccount>,
    map: Vec<u16>,
    program: u16,
    signers: Vec<Pubkey>,
}

impl Message {
    fn of(state: &State<'_>, instruction: &Instruction) -> Self {
        let mut named: Vec<(Pubkey, bool, bool)> = Vec::new();
        let mut indexes = Vec::new();
        let program = (instruction.program_id, false, false);
        let metas = instruction.accounts.iter();
        let metas = metas.map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable));
        for (address, signs, writable) in metas.chain([program]) {
            let found = named.iter().position(|(known, ..)| *known == address);
            let index = found.unwrap_or_else(|| {
                named.push((address, false, false));
                named.len() - 1
            });
            named[index].1 |= signs;
            named[index].2 |= writable;
            indexes.push(index);
        }
        let program = indexes.pop().expect("the program") as u16;
        let accounts: Vec<_> = named.iter().map(|(at, ..)| (*at, state.get(at))).collect();
        let mut map = vec![u16::MAX; MAX_ACCOUNTS_PER_TRANSACTION];
        let mut places = Vec::new();
        for index in indexes {
            let (_, account) = &accounts[index];
            let is_fixed = account.executable() || *account.owner() == sysvar::ID;
            if map[index] == u16::MAX {
                map[index] = places.len() as u16;
            }
            let writable = named[index].2 && !is_fixed;
            places.push(InstructionAccount::new(
                index as u16,
                named[index].1,
                writable,
            ));
        }
        let signers = named.iter().filter(|(_, signs, _)| *signs);
        Self {
            signers: signers.map(|(address, ..)| *address).collect(),
            accounts,
            places,
            map,
            program,
        }
    }
}
