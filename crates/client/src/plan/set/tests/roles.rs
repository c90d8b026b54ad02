//! Roles, the token's name, and the best of a rating.

use solana_account::Account;

use super::*;
use crate::pool::token_metadata::TOKEN_METADATA_PROGRAM;

#[test]
fn roles_come_last_and_a_new_admin_is_nominated_and_then_accepts() {
    let mut fixture = pool(1);
    let wanted = Wanted {
        roles: WantedRoles {
            admin: Some(OTHER),
            curator: Some(OTHER),
            guardian: Some(NOBODY),
            ..WantedRoles::default()
        },
        ..with(&[(Parameter::RewardFeeBps, 400)])
    };
    let planned = plan(&fixture, &wanted);
    let roles: Vec<_> = planned.changes[1..]
        .iter()
        .map(|change| match change.kind {
            Kind::Give { role, before, to } => (role, before, to),
            _ => panic!("{change:?}"),
        })
        .collect();
    assert_eq!(
        roles,
        [
            (RoleKey::Curator, CURATOR, OTHER),
            (RoleKey::Guardian, ADMIN, NOBODY),
            (RoleKey::NominatedAdmin, NOBODY, OTHER),
        ]
    );
    assert_eq!(planned.later.len(), 1);
    fixture.pool.nominated_admin = OTHER;
    let planned = plan(&fixture, &wanted);
    let last = planned.changes.last().unwrap();
    assert_eq!(last.kind, Kind::Accept { before: ADMIN });
    assert_eq!(last.authority, Authority::NominatedAdmin(OTHER));
    assert!(planned.later.is_empty());
    let back = Wanted {
        roles: WantedRoles {
            nominated_admin: Some(NOBODY),
            ..WantedRoles::default()
        },
        ..Wanted::default()
    };
    let taken_back = Kind::Give {
        role: RoleKey::NominatedAdmin,
        before: OTHER,
        to: NOBODY,
    };
    assert_eq!(plan(&fixture, &back).changes[0].kind, taken_back);
}

#[test]
fn roles_that_nobody_could_use_are_refused() {
    let fixture = pool(1);
    let own = fixture.addresses.reserve;
    let with = |change: fn(&mut WantedRoles, Pubkey), key| {
        let mut wanted = Wanted::default();
        change(&mut wanted.roles, key);
        refused(&fixture, &wanted)
    };
    let told = [
        with(|roles, key| roles.admin = Some(key), NOBODY),
        with(|roles, key| roles.treasury = Some(key), NOBODY),
        with(|roles, key| roles.curator = Some(key), own),
        with(
            |roles, key| {
                roles.admin = Some(OTHER);
                roles.nominated_admin = Some(key);
            },
            CURATOR,
        ),
    ];
    let told = told.each_ref().map(|(place, why)| (*place, why.as_str()));
    let contradiction = format!(
        "{OTHER} is to become admin, and only the one who is nominated can: nominate {CURATOR} afterwards"
    );
    assert_eq!(
        told,
        [
            (
                Place::Role(RoleKey::Admin),
                "a pool without an admin could never be changed"
            ),
            (
                Place::Role(RoleKey::Treasury),
                "fees paid to nobody would be lost"
            ),
            (
                Place::Role(RoleKey::Curator),
                "it is one of the pool's own addresses, which can sign nothing"
            ),
            (Place::Role(RoleKey::NominatedAdmin), contradiction.as_str()),
        ]
    );
}

#[test]
fn a_token_without_a_name_cannot_be_given_one() {
    let wanted = Wanted {
        token: WantedToken {
            symbol: Some("A".to_owned()),
            ..WantedToken::default()
        },
        ..Wanted::default()
    };
    let (place, why) = refused(&pool(1), &wanted);
    assert_eq!(place, Place::Token(TokenKey::Symbol));
    assert!(why.starts_with("the pool's token has no name"), "{why}");
}

/// A token whose name turns the text around it.
fn disguised() -> Fixture {
    let mut fixture = pool(1);
    let addresses = fixture.addresses;
    let texts = ["\u{202e}evil", "EV", "https://example.com"].map(|text| {
        let bytes = u32::try_from(text.len()).unwrap().to_le_bytes();
        [&bytes[..], text.as_bytes()].concat()
    });
    let data = [
        &[4][..],
        OTHER.as_ref(),
        addresses.mint.as_ref(),
        &texts.concat(),
        &[0, 0, 0, 0, 1],
    ];
    let account = Account {
        lamports: SOL,
        data: data.concat(),
        owner: TOKEN_METADATA_PROGRAM,
        ..Account::default()
    };
    fixture.others.insert(addresses.metadata(), account);
    fixture
}

#[test]
fn a_name_that_cannot_be_shown_stays_or_is_given_anew_and_never_becomes_what_is_shown() {
    let fixture = disguised();
    let named = |name: Option<&str>, symbol: &str| Wanted {
        token: WantedToken {
            name: name.map(str::to_owned),
            symbol: Some(symbol.to_owned()),
            ..WantedToken::default()
        },
        ..Wanted::default()
    };
    assert!(plan(&fixture, &named(None, "EV")).is_done());
    let (place, why) = refused(&fixture, &named(None, "NEW"));
    assert_eq!(place, Place::Token(TokenKey::Name));
    assert!(why.contains("cannot be shown"), "{why}");
    for symbol in ["EV", "NEW"] {
        let renamed = plan(&fixture, &named(Some("\u{fffd}evil"), symbol));
        assert!(matches!(renamed.changes[0].kind, Kind::Rename { .. }));
    }
}

#[test]
fn the_best_are_chosen_and_who_is_there_stays_while_it_is_good_enough() {
    let rated: Vec<Rated> = (1..=6)
        .map(|number: u8| Rated {
            vote: Pubkey::new_from_array([number; 32]),
            score: 100 - i64::from(number),
            is_excluded: number == 2,
        })
        .collect();
    let rules = Rules {
        count: 2,
        stay: 4,
        least_score: None,
    };
    let chosen = |rules: &Rules, of_pool: &[usize]| {
        let is_of_pool = |vote: &Pubkey| of_pool.iter().any(|one| rated[*one].vote == *vote);
        let chosen = select(&rated, rules, is_of_pool)?;
        Ok(chosen
            .iter()
            .map(|one| one.vote.to_bytes()[0])
            .collect::<Vec<_>>())
    };
    assert_eq!(chosen(&rules, &[]), Ok(vec![1, 3]));
    // The fourth of those that are not left out stays, the fifth does not.
    assert_eq!(chosen(&rules, &[4]), Ok(vec![1, 5]));
    assert_eq!(chosen(&rules, &[5]), Ok(vec![1, 3]));
    let strict = Rules {
        least_score: Some(98),
        ..rules
    };
    assert_eq!(
        chosen(&strict, &[]),
        Err(TooFew {
            found: 1,
            wanted: 2
        })
    );
}
