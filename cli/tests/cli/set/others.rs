//! Changes that several people sign.

use sluice_tests::command::{number, text};

use super::{applied, exported, file, list, planned, validators};
use crate::{
    net::{CliNet, SOL},
    sending::{sign_and_send, transactions},
};

#[test]
fn each_makes_what_it_may_and_hears_what_is_left_to_whom() {
    let net = CliNet::new();
    let curator = net.user("curator of the pool", 10 * SOL);
    let (admin, stranger) = (&net.curator, net.user("stranger", SOL));
    net.json(
        admin,
        &["pool", "role", "set-curator", &curator.address.to_string()],
    );
    let wish = format!(
        "[parameters]\nreward_fee_bps = 300\n{}",
        validators([(&net.validators[0], 10), (&net.validators[1], 20)])
    );
    let file = file(&net, &wish);
    let refused = net.failure(&stranger, &["pool", "apply", &file, "--yes"]);
    for part in [
        format!("{} may make none of these changes", stranger.address),
        format!("1 change by the admin {}", admin.address),
        format!("2 changes by the curator {}", curator.address),
    ] {
        assert!(refused.contains(&part), "{refused}");
    }
    let done = applied(&net, admin, &wish);
    assert_eq!(number(&done, "/changes"), 1);
    assert_eq!(text(&done, "/left/0/signer"), curator.address.to_string());
    assert_eq!(number(&done, "/left/0/changes"), 2);
    let done = applied(&net, &curator, &wish);
    assert_eq!(
        (number(&done, "/changes"), list(&done, "left").len()),
        (2, 0)
    );
    assert_eq!(planned(&net, &wish)["is_done"], true);
}

#[test]
fn a_new_admin_is_nominated_by_the_old_one_and_accepts_by_the_same_file() {
    let net = CliNet::new();
    let heir = net.user("heir", SOL);
    let name = heir.address.to_string();
    let wish = format!("[roles]\nadmin = \"{name}\"\n");
    let nominated = applied(&net, &net.curator, &wish);
    assert_eq!(
        (number(&nominated, "/changes"), number(&nominated, "/later")),
        (1, 1)
    );
    let accepted = applied(&net, &heir, &wish);
    assert_eq!(
        (number(&accepted, "/changes"), number(&accepted, "/later")),
        (1, 0)
    );
    let roles = net.json(&heir, &["pool", "role", "show"]);
    assert_eq!(text(&roles, "/admin"), name);
    assert_eq!(planned(&net, &wish)["is_done"], true);
}

#[test]
fn a_dump_needs_no_key_and_once_all_of_it_is_signed_the_file_does_nothing() {
    let net = CliNet::new();
    let wish = exported(&net).replace("reward_fee_bps = 500", "reward_fee_bps = 300")
        + &validators(net.validators.iter().map(|vote| (vote, 30)));
    let file = file(&net, &wish);
    let dump = ["pool", "apply", &file, "--send", "dump"];
    let dumped = net.json(&net.curator.absent(), &dump);
    assert!(transactions(&dumped).len() > 1);
    for (index, transaction) in transactions(&dumped).iter().enumerate() {
        assert_eq!(transaction["follows_previous"], index > 0);
        sign_and_send(&net, transaction, &[&net.curator.keypair()]);
    }
    assert_eq!(planned(&net, &wish)["is_done"], true);
    let simulate = ["pool", "apply", &file, "--send", "simulate"];
    let nothing = net.json(&net.curator.absent(), &simulate);
    assert_eq!(number(&nothing, "/changes"), 0);
}
