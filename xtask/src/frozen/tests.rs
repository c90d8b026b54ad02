//! Each kind of break is found, and what may be added is let through: on the interface as it is.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{breaks, of, read};
use crate::workspace::Workspace;

fn committed(workspace: &Workspace) -> Result<Value> {
    let text = std::fs::read_to_string(workspace.root.join("idl/sluice.json"))?;
    Ok(serde_json::from_str(&text)?)
}

/// The item of this name in a list of the interface description.
fn item<'a>(idl: &'a mut Value, list: &str, name: &str) -> Result<&'a mut Value> {
    let items = idl[list].as_array_mut().context("a list")?;
    let found = items.iter_mut().find(|item| item["name"] == name);
    found.with_context(|| format!("{list} has no {name}"))
}

fn fields<'a>(idl: &'a mut Value, of: &str) -> Result<&'a mut Vec<Value>> {
    let definition = item(idl, "types", of)?;
    definition["type"]["fields"]
        .as_array_mut()
        .context("fields")
}

fn place(fields: &[Value], name: &str) -> Result<usize> {
    let place = fields.iter().position(|field| field["name"] == name);
    place.with_context(|| format!("there is no {name}"))
}

/// What is broken after a change of the interface description.
fn after(change: impl Fn(&mut Value) -> Result<()>) -> Result<Vec<String>> {
    let workspace = Workspace::find()?;
    let mut idl = committed(&workspace)?;
    let recorded = of(&workspace, &idl)?;
    change(&mut idl)?;
    let current = of(&workspace, &idl)?;
    ensure!(recorded != current, "the change is seen");
    breaks(&recorded, &current)
}

#[track_caller]
fn assert_found(what: &str, change: impl Fn(&mut Value) -> Result<()>) {
    let broken = after(change).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(
        broken.iter().any(|said| said.contains(what)),
        "{what}: {broken:#?}"
    );
}

#[track_caller]
fn assert_let_through(change: impl Fn(&mut Value) -> Result<()>) {
    let broken = after(change).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(broken.is_empty(), "{broken:#?}");
}

/// What is broken after a change of the record itself, in a newer layout or in this one.
fn after_of_record(layouts: u64, change: impl Fn(&mut Value)) -> Result<Vec<String>> {
    let workspace = Workspace::find()?;
    let recorded = of(&workspace, &committed(&workspace)?)?;
    let mut current = recorded.clone();
    let version = recorded["layout_version"].as_u64().context("a version")?;
    current["layout_version"] = json!(version + layouts);
    change(&mut current);
    breaks(&recorded, &current)
}

#[test]
fn what_is_recorded_is_the_interface_that_is_committed() -> Result<()> {
    let workspace = Workspace::find()?;
    let (recorded, current) = (read(&workspace)?, of(&workspace, &committed(&workspace)?)?);
    assert_eq!(recorded, current, "run `cargo xtask idl`");
    assert_eq!(breaks(&recorded, &current)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_field_of_an_account_that_goes_moves_or_changes_is_found() {
    assert_found("account Ticket: `lst`", |idl| {
        let fields = fields(idl, "Ticket")?;
        fields.remove(place(fields, "lst")?);
        Ok(())
    });
    assert_found("account Pool: `lst_supply`", |idl| {
        let fields = fields(idl, "Pool")?;
        let at = place(fields, "lst_supply")?;
        fields.swap(at, at + 1);
        Ok(())
    });
    assert_found("account UnstakeBatch: `tickets`", |idl| {
        let fields = fields(idl, "UnstakeBatch")?;
        let at = place(fields, "tickets")?;
        fields[at]["type"] = json!({ "array": ["u8", 4] });
        Ok(())
    });
    assert_found("account ValidatorPage: `slots[0].main_lamports`", |idl| {
        let fields = fields(idl, "Slot")?;
        fields.insert(0, json!({ "name": "new", "type": "u64" }));
        Ok(())
    });
    assert_found("account Marker had", |idl| {
        fields(idl, "Marker")?.push(json!({ "name": "new", "type": "u64" }));
        Ok(())
    });
    assert_found("accounts: RateHistory is gone", |idl| {
        let accounts = idl["accounts"].as_array_mut().context("accounts")?;
        accounts.retain(|account| account["name"] != "RateHistory");
        Ok(())
    });
}

#[test]
fn a_field_that_takes_reserved_bytes_is_let_through_and_one_that_takes_others_is_not() {
    let take = |idl: &mut Value, left: u64| {
        let fields = fields(idl, "UnstakeBatch")?;
        let at = place(fields, "reserved")?;
        let words = fields[at]["type"]["array"][1].as_u64().context("words")?;
        fields[at]["type"]["array"][1] = json!(words.saturating_sub(1) + left);
        fields.insert(at, json!({ "name": "new", "type": "u64" }));
        Ok(())
    };
    assert_let_through(|idl| take(idl, 0));
    assert_found("account UnstakeBatch had", |idl| take(idl, 1));
}

#[test]
fn a_newer_layout_may_move_what_is_migrated_and_nothing_else() -> Result<()> {
    let moved = |account: &'static str, path: &'static str| {
        move |record: &mut Value| {
            let fields = record["accounts"][account]["fields"].as_array_mut();
            for field in fields
                .into_iter()
                .flatten()
                .filter(|field| field[2] == path)
            {
                field[0] = json!(field[0].as_u64().unwrap_or_default() + 1);
            }
        }
    };
    for (account, path) in [
        ("Pool", "ejected_weight"),
        ("Pool", "spread_cap_bps"),
        ("ValidatorPage", "slots[0].weight"),
        ("RateHistory", "epochs[0].epoch"),
    ] {
        let broken = after_of_record(1, moved(account, path))?;
        assert!(broken.is_empty(), "{account} {path}: {broken:?}");
        let broken = after_of_record(0, moved(account, path))?;
        assert!(!broken.is_empty(), "{account} {path}: the same layout");
    }
    for (account, path) in [
        ("Pool", "reserve_lamports"),
        ("Pool", "config.window_bps"),
        ("Pool", "finalized_lst"),
        ("ValidatorPage", "pool"),
        ("RateHistory", "version"),
        ("Ticket", "owner"),
        ("Marker", "wait_epochs"),
        ("UnstakeBatch", "paid_lamports"),
    ] {
        let broken = after_of_record(1, moved(account, path))?;
        assert!(!broken.is_empty(), "{account} {path}");
    }
    let older = after_of_record(0, |record| record["layout_version"] = json!(0))?;
    assert!(older[0].contains("layout version was"), "{older:?}");
    Ok(())
}

#[test]
fn another_order_of_accounts_and_other_arguments_of_an_instruction_are_found() {
    assert_found("instruction claim: place 3", |idl| {
        let accounts = item(idl, "instructions", "claim")?["accounts"].as_array_mut();
        accounts.context("accounts")?.swap(3, 4);
        Ok(())
    });
    assert_found("instruction claim: place 3", |idl| {
        item(idl, "instructions", "claim")?["accounts"][3]["signer"] = json!(true);
        Ok(())
    });
    assert_found("instruction deposit_sol: its arguments", |idl| {
        let arguments = item(idl, "instructions", "deposit_sol")?["args"].as_array_mut();
        arguments.context("arguments")?.swap(0, 1);
        Ok(())
    });
    // Inside of an argument.
    assert_found("instruction create_pool: its arguments", |idl| {
        fields(idl, "PoolLimits")?.push(json!({ "name": "new", "type": "u64" }));
        Ok(())
    });
    assert_found("instruction rate: its returns", |idl| {
        item(idl, "instructions", "rate")?["returns"] = json!("u64");
        Ok(())
    });
    assert_found("the new account \"new\" is not optional", |idl| {
        let accounts = item(idl, "instructions", "claim")?["accounts"].as_array_mut();
        accounts.context("accounts")?.push(json!({ "name": "new" }));
        Ok(())
    });
    assert_let_through(|idl| {
        let accounts = item(idl, "instructions", "claim")?["accounts"].as_array_mut();
        let new = json!({ "name": "new", "optional": true });
        accounts.context("accounts")?.push(new);
        Ok(())
    });
}

#[test]
fn a_discriminator_that_changes_or_is_anothers_is_found_and_a_new_instruction_is_let_through() {
    for list in ["accounts", "instructions", "events"] {
        assert_found("has another discriminator", |idl| {
            idl[list][0]["discriminator"][0] = json!(1);
            idl[list][0]["discriminator"][1] = json!(2);
            Ok(())
        });
    }
    let new = |discriminator: Value| json!({ "name": "new", "discriminator": discriminator, "accounts": [], "args": [] });
    assert_found("new has the discriminator of another one", |idl| {
        let taken = item(idl, "instructions", "claim")?["discriminator"].clone();
        let instructions = idl["instructions"].as_array_mut().context("a list")?;
        instructions.push(new(taken));
        Ok(())
    });
    assert_let_through(|idl| {
        let instructions = idl["instructions"].as_array_mut().context("a list")?;
        instructions.push(new(json!([1, 2, 3, 4, 5, 6, 7, 8])));
        Ok(())
    });
}

#[test]
fn fields_of_events_and_answers_are_added_at_the_end_and_nowhere_else() {
    for title in ["TicketClaimed", "Rate", "PoolLimits"] {
        let first = json!({ "name": "new", "type": "u64" });
        assert_found("place 0", |idl| {
            fields(idl, title)?.insert(0, first.clone());
            Ok(())
        });
    }
    for title in ["TicketClaimed", "Rate"] {
        assert_let_through(|idl| {
            fields(idl, title)?.push(json!({ "name": "new", "type": "u64" }));
            Ok(())
        });
        assert_found("is gone", |idl| {
            fields(idl, title)?.pop();
            Ok(())
        });
    }
}

#[test]
fn a_number_of_an_error_or_a_parameter_keeps_its_meaning() {
    assert_found("list of errors: place 3", |idl| {
        idl["errors"][3]["code"] = json!(9_000);
        Ok(())
    });
    assert_found("list of errors: place 5", |idl| {
        let errors = idl["errors"].as_array_mut().context("errors")?;
        errors.insert(5, json!({ "code": 6005, "name": "New", "msg": "" }));
        Ok(())
    });
    assert_found("type Parameter: place 1", |idl| {
        let values = item(idl, "types", "Parameter")?["type"]["variants"].as_array_mut();
        values.context("values")?.swap(1, 2);
        Ok(())
    });
    assert_let_through(|idl| {
        let values = item(idl, "types", "Parameter")?["type"]["variants"].as_array_mut();
        values.context("values")?.push(json!({ "name": "New" }));
        let errors = idl["errors"].as_array_mut().context("errors")?;
        errors.push(json!({ "code": 7000, "name": "New", "msg": "" }));
        Ok(())
    });
}

#[test]
fn another_seed_and_another_address_are_found() -> Result<()> {
    let broken = after_of_record(1, |record| record["seeds"]["Ticket"][2] = json!("owner"))?;
    assert!(broken[0].contains("seeds of Ticket"), "{broken:?}");
    let broken = after_of_record(1, |record| record["address"] = json!("1111"))?;
    assert!(broken[0].contains("another address"), "{broken:?}");
    Ok(())
}
