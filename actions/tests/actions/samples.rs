//! Answers of every kind, as they were recorded: `cargo xtask integrations` holds them against the types of
//! the specification's own package.

use serde_json::{Value, json};
use sluice_client::Repeat;
use solana_signer::Signer;

use crate::stage::{Answer, Desk, pool, sign_and_send};

/// What is another one each time.
fn masked(answer: &Answer) -> Value {
    let mut json = answer.json.clone();
    if json.get("transaction").is_some() {
        json["transaction"] = "BASE64".into();
    }
    json
}

#[test]
fn the_recorded_answers_are_those_of_today() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let account = wallet.pubkey();
    let shown = |path| masked(&desk.get(path));
    let prepared = |path| {
        let answer = desk.post(path, account);
        sign_and_send(&net, &wallet, &answer);
        masked(&answer)
    };
    let gets = json!({
        "stake": shown("/api/stake"),
        "unstake": shown("/api/unstake"),
        "instant": shown("/api/unstake/instant"),
        "claim": shown("/api/claim"),
    });
    let posts = json!({
        "stake": prepared("/api/stake?amount=5"),
        "unstake": prepared("/api/unstake?amount=1.5"),
        "instant": prepared("/api/unstake/instant?amount=1"),
    });
    let errors = json!({
        "no wallet": masked(&desk.post("/api/stake?amount=1", net.addresses.pool)),
        "no amount": masked(&desk.post("/api/stake", account)),
        "nothing to claim": masked(&desk.post("/api/claim", net.payer.pubkey())),
        "no action": shown("/nothing"),
    });
    let rules = shown("/actions.json");
    let pause = net.addresses.pause(net.payer.pubkey());
    net.executor().send(&[pause], &[], Repeat::Harmful).unwrap();
    let paused = masked(&Desk::of(&net, &[]).get("/api/stake"));
    let all = json!({
        "ActionGetResponse": { "open": gets, "closed": { "paused": paused } },
        "ActionPostResponse": posts,
        "ActionError": errors,
        "ActionsJson": rules,
    });
    insta::with_settings!({
        filters => vec![
            (r"[1-9A-HJ-NP-Za-km-z]{43,44}", "ADDRESS"),
            (r"[0-9]+\.[0-9]{9}", "0.000000000"),
            (r"in about [0-9]+ [a-z]+", "in about 2 days"),
            (r"epoch [0-9]+", "epoch 7"),
            (r"or [0-9]+, if", "or 8, if"),
        ],
        description => "Answers of every kind, by the types of the specification's package",
        omit_expression => true,
    }, {
        insta::assert_snapshot!("samples", serde_json::to_string_pretty(&all).unwrap());
    });
}
