//! What becomes of logs that are too long.

use serde_json::json;
use sluice_client::send::packing::MAX_LOG_BYTES;
use sluice_tests::net::{JsonNet, SOL};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

const MEMO: Pubkey = Pubkey::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const CUT: &str = "Log truncated";
/// Memos of a transaction, and the length of all but the last.
const MEMOS: usize = 39;
const LENGTH: usize = 5;

/// A node that takes memos.
struct Memos(JsonNet);

impl Memos {
    async fn start() -> Self {
        Self(JsonNet::shared().await)
    }

    /// Sends memos, the last of this length, and returns what the node remembers of the logs.
    async fn logs(&self, last_length: usize) -> Vec<String> {
        let memo = |length| Instruction {
            program_id: MEMO,
            accounts: Vec::new(),
            data: vec![b'.'; length],
        };
        let mut memos = vec![memo(LENGTH); MEMOS - 1];
        memos.push(memo(last_length));
        // Another payer makes another transaction of the same memos.
        let payer = self.0.funded(SOL).await;
        let signature = self.0.send(&payer.pubkey(), &memos, &[&payer]).await;
        let params = json!([signature.to_string()]);
        let shown = self.0.call("getTransaction", params).await;
        serde_json::from_value(shown["meta"]["logMessages"].clone()).unwrap()
    }

    /// The length of the last memo with which the logs have exactly so many bytes.
    async fn length_for(&self, most: usize) -> usize {
        let mut length = LENGTH;
        // First almost there: a longer memo also has longer numbers in its other lines.
        for spare in [20, 0, 0] {
            length += most - bytes(&self.logs(length).await) - spare;
        }
        length
    }
}

fn bytes(logs: &[String]) -> usize {
    logs.iter().map(String::len).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_whole_below_ten_thousand_bytes_of_lines_without_line_ends() {
    let memos = Memos::start().await;
    let length = memos.length_for(MAX_LOG_BYTES).await;
    let whole = memos.logs(length).await;
    assert_eq!((MAX_LOG_BYTES, bytes(&whole)), (9_999, 9_999));
    assert_eq!(whole.last().unwrap(), &format!("Program {MEMO} success"));

    let cut = memos.logs(length + 1).await;
    assert_eq!(cut.last().unwrap(), CUT);
    assert_eq!(cut.len(), whole.len());
    // All but the lines of the last memo, which is longer.
    assert_eq!(cut[..cut.len() - 4], whole[..whole.len() - 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_does_not_fit_is_lost_and_shorter_ones_still_follow_it() {
    let memos = Memos::start().await;
    let length = memos.length_for(MAX_LOG_BYTES).await;
    let logs = memos.logs(length + 170).await;
    let [.., lost, consumed, success] = &logs[..] else {
        panic!("{logs:?}");
    };
    assert_eq!(lost, CUT);
    assert!(
        consumed.starts_with(&format!("Program {MEMO} consumed ")),
        "{consumed}"
    );
    assert_eq!(success, &format!("Program {MEMO} success"));
}
