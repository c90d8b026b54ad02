//! A holder stakes, leaves at once, asks the queue and is paid, in surfpool.

#[path = "../../holder.rs"]
mod holder;

use sluice_fixture::Fixture;
use solana_instruction::Instruction;
use solana_signer::Signer;
use solana_transaction::Transaction;
use surfpool_sdk::{
    Surfnet,
    cheatcodes::builders::{DeployProgram, SetAccount},
};

use self::holder::{ONE, at, claim, deposit, exit, request, ticket};

/// A network without mainnet behind it, that has the pool and stands where the pool does.
async fn network(fixture: &Fixture) -> Surfnet {
    let surfnet = Surfnet::start().await.unwrap();
    let cheats = surfnet.cheatcodes();
    let sluice = DeployProgram::new(sluice::ID).so_bytes(fixture.elf("sluice").unwrap());
    cheats.deploy(sluice).unwrap();
    for (address, account) in fixture.accounts().unwrap() {
        let set = SetAccount::new(address).lamports(account.lamports);
        let set = set.owner(account.owner).data(account.data);
        cheats.execute(set).unwrap();
    }
    cheats.time_travel_to_slot(slot(fixture)).unwrap();
    surfnet
}

/// The slot begins the clock's data.
fn slot(fixture: &Fixture) -> u64 {
    let sysvars = fixture.sysvars().unwrap();
    let mut sysvars = sysvars.iter();
    let (_, clock) = sysvars
        .find(|(id, _)| id.to_string().starts_with("SysvarC1ock"))
        .unwrap();
    u64::from_le_bytes(clock.data[..8].try_into().unwrap())
}

#[tokio::main]
async fn main() {
    let fixture = Fixture::open().unwrap();
    let surfnet = network(&fixture).await;
    let rpc = surfnet.rpc_client();
    let holder = fixture.keypair("holder").unwrap();
    let send = |instruction: Instruction| {
        let blockhash = rpc.get_latest_blockhash().unwrap();
        let payer = Some(&holder.pubkey());
        let transaction =
            Transaction::new_signed_with_payer(&[instruction], payer, &[&holder], blockhash);
        rpc.send_and_confirm_transaction(&transaction).unwrap();
    };
    let lst = || holder::lst_in(&rpc.get_account_data(&at(&fixture, "holder-lst")).unwrap());
    let before = lst();

    send(deposit(&fixture, 10 * ONE, 9 * ONE));
    let minted = lst() - before;
    assert!(minted < 10 * ONE, "an LST is dearer than a SOL: {minted}");

    send(exit(&fixture, 2 * ONE, ONE));
    send(request(&fixture, ONE, 1_000));
    assert_eq!(lst(), before + minted - 3 * ONE);
    rpc.get_account(&ticket(&fixture, 1_000)).unwrap();

    let poor = rpc.get_balance(&holder.pubkey()).unwrap();
    send(claim(&fixture));
    let paid = rpc.get_balance(&holder.pubkey()).unwrap() - poor;
    assert!(paid > 50 * ONE, "{paid} for 50 LST");
    println!("10 SOL became {minted}, and the ticket was paid {paid}");
}
