use super::*;

const VOTE: &str = "Vote111111111111111111111111111111111111111";
const OTHER: &str = "Stake11111111111111111111111111111111111111";

fn read(text: &str) -> Result<SetFile, String> {
    let parsed = SetFile::parse("pool.toml".to_owned(), text);
    parsed.map_err(|faults| told("pool.toml", faults.iter()))
}

fn fault(text: &str) -> String {
    read(text).unwrap_err()
}

#[test]
fn a_file_says_what_is_wanted_and_nothing_else() {
    let file = read(&format!(
        "[parameters]\ndeposit_cap_sol = \"none\"\nreward_fee_bps = 400\n\
         [roles]\nguardian = \"nobody\"\ncurator = \"{OTHER}\"\n[token]\nsymbol = \"A\"\n\
         [[validators]]\nvote = \"{VOTE}\"\nweight = 7\n"
    ))
    .unwrap();
    let wanted = &file.wanted;
    assert_eq!(
        wanted.parameters,
        [
            (Parameter::RewardFeeBps, 400),
            (Parameter::DepositCapLamports, u64::MAX)
        ]
    );
    assert_eq!(wanted.roles.guardian, Some(Pubkey::default()));
    assert_eq!(wanted.roles.curator, Some(OTHER.parse().unwrap()));
    assert_eq!(wanted.roles.admin, None);
    assert_eq!(wanted.token.symbol.as_deref(), Some("A"));
    let vote = VOTE.parse().unwrap();
    let validator = WantedValidator { vote, weight: 7 };
    assert_eq!(wanted.validators, Some(vec![validator]));
    assert!(read("").unwrap().wanted == Wanted::default());
}

#[test]
fn each_fault_is_told_with_its_line_and_key() {
    for (text, told) in [
        (
            "[parameters]\nreward_fee_bps = 1001\n",
            "pool.toml: line 2, parameters.reward_fee_bps: reward-fee-bps can be 0 to 1000 in any pool, not 1001 \
             (10.01%)",
        ),
        (
            "[parameters]\nreward_fee_bps = \"5%\"\n",
            "pool.toml: line 2, parameters.reward_fee_bps: it is a whole number of basis points, such as 500 for 5%",
        ),
        (
            "[parameters]\n\nminimum_deposit_sol = 0.5\n",
            "pool.toml: line 3, parameters.minimum_deposit_sol: it is an amount of SOL in quotation marks, such as \
             \"12.5\", or \"none\"",
        ),
        (
            "[parameters]\nfee = 5\n",
            "pool.toml: line 2, parameters.fee: there is no such parameter: `sluice pool export` writes all of them",
        ),
        (
            "[roles]\nmanager = \"nobody\"\n",
            "pool.toml: line 2, roles.manager: there is no such role: use admin, nominated_admin, curator, guardian \
             or treasury",
        ),
        (
            "[roles]\nadmin = \"me\"\n",
            "pool.toml: line 2, roles.admin: me is no address",
        ),
        (
            "[token]\nlogo = \"x\"\n",
            "pool.toml: line 2, token.logo: use name, symbol, uri or update_authority",
        ),
        (
            "pool = \"here\"\n",
            "pool.toml: line 1, pool: here is no address",
        ),
        (
            "[[validators]]\nvote = \"here\"\nweight = 1\n",
            "pool.toml: line 2, validators.vote: here is no address",
        ),
        (
            "[top]\nvalidators = 0\n",
            "pool.toml: line 2, top.validators: at least one validator must be chosen",
        ),
        (
            "[top]\nvalidators = 9\nstay = 8\n",
            "pool.toml: line 3, top.stay: it is a rank at which a validator of the pool may still stay: 9 or more",
        ),
        (
            "[optimise]\nmax_share_bps = 0\n",
            "pool.toml: line 2, optimise.max_share_bps: it can be 1 to 10000 basis points, not 0",
        ),
    ] {
        assert_eq!(fault(text), told);
    }
}

#[test]
fn faults_of_weights_name_the_validator() {
    let validator = |rest: &str| format!("[[validators]]\nvote = \"{VOTE}\"\n{rest}");
    assert_eq!(
        fault(&validator("weight = 65536\n")),
        format!("pool.toml: line 3, validator {VOTE}: its weight can be 0 to 65535, not 65536")
    );
    assert_eq!(
        fault(&validator("")),
        format!(
            "pool.toml: line 2, validator {VOTE}: it needs a weight, or the file needs [optimise]"
        )
    );
    let both = format!("{}[top]\nvalidators = 5\n", validator("weight = 1\n"));
    let told = "validators are named as well: name them, or ask for the best, not both";
    assert!(fault(&both).ends_with(told), "{}", fault(&both));
    assert!(read(&format!("{}[optimise]\n", validator(""))).is_ok());
}

#[test]
fn all_faults_are_told_at_once() {
    let both = fault("[parameters]\nfee = 5\n[roles]\nadmin = \"me\"\n");
    assert!(both.contains("line 2, parameters.fee: "), "{both}");
    assert!(both.contains("; line 4, roles.admin: "), "{both}");
}

#[test]
fn what_is_no_toml_or_no_key_is_told_with_its_line() {
    assert!(fault("[parameters\n").starts_with("pool.toml: line 1: "));
    let unknown = fault("\n[validator]\nvote = 1\n");
    assert!(
        unknown.starts_with("pool.toml: line 2: unknown field `validator`"),
        "{unknown}"
    );
}

#[test]
fn a_part_of_a_validators_stake_is_a_share_of_the_pool() {
    let file = read("[optimise]\nmax_share_of_stake_bps = 1000\n").unwrap();
    let table = file.optimise.unwrap();
    // A tenth of 50 is 1% of 500; of 10,000 it would be more than all.
    assert_eq!(table.most_of_stake(50, 500), 100);
    assert_eq!(table.most_of_stake(10_000, 500), 10_000);
    assert_eq!(OptimiseTable::default().most_of_stake(50, 500), 10_000);
}
