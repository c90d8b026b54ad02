//! Every byte of what is sent and read, as the program's own library writes it.

use anchor_lang::AnchorSerialize;
use solana_account::Account as SolanaAccount;
use solana_sdk_ids::system_program;

use super::*;
use crate::fixture::{Fixture, SOL};

const URI: &str = "https://a.b/c.json";

fn key(byte: u8) -> Pubkey {
    Pubkey::new_from_array([byte; 32])
}

fn name() -> TokenName {
    TokenName::new("Sluice SOL", "slSOL", URI).unwrap()
}

/// The three texts as Borsh writes them.
const TEXTS: &str = "0a000000536c7569636520534f4c05000000736c534f4c1200000068747470733a2f2f612e622f\
                     632e6a736f6e";

fn metas(instruction: &Instruction) -> Vec<(Pubkey, bool, bool)> {
    let accounts = instruction.accounts.iter();
    accounts
        .map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable))
        .collect()
}

#[test]
fn the_address_is_the_one_that_wallets_look_at() {
    // Wrapped SOL, whose metadata is in every explorer.
    let wrapped = PoolAddresses::of_mint(spl_token_interface::native_mint::ID);
    assert_eq!(
        wrapped.metadata().to_string(),
        "6dM4TqWyWJsbx7obrdLcviBkTafD5E8av61zfU6jq57X"
    );
}

#[test]
fn a_creation_has_these_bytes_and_accounts() {
    let pool = PoolAddresses::of_mint(key(1));
    let creation = pool.create_metadata(key(2), key(3), &name());
    assert_eq!(creation.program_id, TOKEN_METADATA_PROGRAM);
    // No seller's fee, creators, collection or uses; mutable; no collection's details.
    assert_eq!(
        hex::encode(&creation.data),
        format!("21{TEXTS}000000000001 00").replace(' ', "")
    );
    assert_eq!(
        metas(&creation),
        [
            (pool.metadata(), false, true),
            (key(1), false, false),
            (key(2), true, false),
            (key(2), true, true),
            (key(3), false, false),
            (system_program::ID, false, false),
        ]
    );
}

impl TokenMetadata {
    /// What nobody has called anything, and this key may.
    pub(crate) fn of_test(pool: &PoolAddresses, update_authority: Pubkey) -> Self {
        Self {
            address: pool.metadata(),
            update_authority,
            is_mutable: true,
            content: Content::default(),
        }
    }
}

/// An account as the program writes it: texts filled up with zeros, 679 bytes.
fn account(rest: &str) -> Vec<u8> {
    let mut data = vec![4];
    data.extend([key(3), key(1)].map(|key| key.to_bytes()).concat());
    for (text, bytes) in [("Sluice SOL", 32), ("slSOL", 10), (URI, 200)] {
        let mut padded = text.as_bytes().to_vec();
        padded.resize(bytes, 0);
        data.extend(u32::try_from(bytes).unwrap().to_le_bytes());
        data.extend(padded);
    }
    data.extend(hex::decode(rest).unwrap());
    data.resize(679, 0);
    data
}

fn decoded(rest: &str) -> TokenMetadata {
    TokenMetadata::decode(key(9), &key(1), &account(rest)).unwrap()
}

/// No seller's fee and creators, not sold, mutable, edition's bump, fungible.
const PLAIN: &str = "00000000 01 01ff 0102";

fn plain() -> TokenMetadata {
    decoded(&PLAIN.replace(' ', ""))
}

#[test]
fn an_account_is_read_without_its_padding() {
    let metadata = plain();
    assert_eq!(metadata.name(), "Sluice SOL");
    assert_eq!(metadata.symbol(), "slSOL");
    assert_eq!(metadata.uri(), URI);
    assert_eq!(metadata.update_authority, key(3));
    assert!(metadata.is_mutable && metadata.is_called(&name()));
    let other = TokenName::new("Sluice SOL", "slsol", URI).unwrap();
    assert!(!metadata.is_called(&other));
}

#[test]
fn a_change_has_these_bytes_and_accounts() {
    let set = plain().set(&name());
    assert_eq!(
        hex::encode(&set.data),
        format!("0f01{TEXTS}0000000000000000")
    );
    let accounts = [(key(9), false, true), (key(3), true, false)];
    assert_eq!(metas(&set), accounts);
    let hand_over = plain().hand_over(key(4));
    assert_eq!(
        hex::encode(&hand_over.data),
        format!("0f0001{}0000", "04".repeat(32))
    );
    assert_eq!(metas(&hand_over), accounts);
}

#[test]
fn what_else_somebody_has_set_is_sent_back_unchanged() {
    let creator = format!("01 01000000 {} 01 64", "05".repeat(32));
    let collection = format!("01 01 {}", "06".repeat(32));
    let uses = "01 02 0300000000000000 0400000000000000";
    let rest = format!("f401 {creator} 00 01 01ff 0102 {collection} {uses}").replace(' ', "");
    let set = decoded(&rest).set(&name());
    let expected = format!("0f01 {TEXTS} f401 {creator} {collection} {uses} 000000");
    assert_eq!(hex::encode(&set.data), expected.replace(' ', ""));
}

#[test]
fn an_account_whose_end_is_damaged_is_read_as_the_program_does() {
    let rest = format!("{} 01ff 0102 07", "00000000 01").replace(' ', "");
    assert_eq!(decoded(&rest), plain());
}

#[test]
fn only_the_metadata_of_this_token_is_read() {
    let mut fixture = Fixture::new(1, SOL, 0);
    let pool = fixture.addresses;
    let load = |fixture: &Fixture| TokenMetadata::load(fixture, &pool);
    assert!(load(&fixture).unwrap().is_none());
    let mut put = |owner, data| {
        let account = SolanaAccount {
            lamports: SOL,
            data,
            owner,
            ..SolanaAccount::default()
        };
        fixture.others.insert(pool.metadata(), account);
        load(&fixture)
    };
    // Lamports of a stranger at the address make no metadata.
    assert!(put(system_program::ID, Vec::new()).unwrap().is_none());
    let other_mint = account(&PLAIN.replace(' ', ""));
    for wrong in [other_mint, Vec::new(), vec![4; 40]] {
        let unreadable = put(TOKEN_METADATA_PROGRAM, wrong).unwrap_err();
        assert!(matches!(unreadable, ClientError::Unreadable { .. }));
    }
}

#[test]
fn what_strangers_wrote_reaches_no_terminal_raw() {
    let name = "\u{1b}]0;evil\u{7}\u{202e}";
    let mut content = Vec::new();
    let texts = (name, "a\r\nb", "\u{9b}31m");
    texts.serialize(&mut content).unwrap();
    let head = [
        vec![4],
        key(3).to_bytes().to_vec(),
        key(1).to_bytes().to_vec(),
    ]
    .concat();
    let data = [head, content, hex::decode("0000000001").unwrap()].concat();
    let metadata = TokenMetadata::decode(key(9), &key(1), &data).unwrap();
    assert_eq!(metadata.name(), "\u{fffd}]0;evil\u{fffd}\u{fffd}");
    assert_eq!(metadata.symbol(), "a\u{fffd}\u{fffd}b");
    assert_eq!(metadata.uri(), "\u{fffd}31m");
}

/// A URI of so many bytes.
fn uri_of(bytes: usize) -> String {
    let mut uri = "https://".to_owned();
    uri.extend(std::iter::repeat_n('u', bytes.saturating_sub(uri.len())));
    uri.truncate(bytes);
    uri
}

#[test]
fn a_uri_leads_to_a_file_and_says_where_others_could_change_it() {
    let of = |uri: &str| TokenName::new("n", "s", uri).map(|name| name.has_insecure_uri());
    for safe in ["", URI, "HTTPS://a", "ipfs://bafy", "ar://abc"] {
        assert_eq!(of(safe), Ok(false), "{safe}");
    }
    for insecure in ["http://a.b/c", "Http://a"] {
        assert_eq!(of(insecure), Ok(true), "{insecure}");
    }
    for wrong in [
        "javascript:alert(1)",
        "javascript://a",
        "data:text/html,a",
        "file:///etc/passwd",
        "a.b/c.json",
        "https:/a",
        "https://",
    ] {
        assert_eq!(of(wrong), Err(NameError::Scheme), "{wrong}");
    }
    assert_eq!(of(" https://a"), Err(NameError::Blanks));
}

#[test]
fn an_account_is_told_by_its_texts_and_another_of_the_program_is_not() {
    let mut data = account(&PLAIN.replace(' ', ""));
    let (mint, authority) = (key(1).to_string(), key(3).to_string());
    let expected = [
        ("mint", mint.into()),
        ("name", "Sluice SOL".into()),
        ("symbol", "slSOL".into()),
        ("uri", URI.into()),
        ("update_authority", authority.into()),
        ("is_mutable", true.into()),
    ];
    assert_eq!(told(&data), Some(expected));
    data[0] = 5;
    assert_eq!(told(&data), None);
    assert_eq!(told(&data[..40]), None);
}

#[test]
fn a_name_is_as_long_as_the_program_stores() {
    let long = |what, bytes, most| NameError::TooLong { what, bytes, most };
    let of = |name: usize, symbol: usize, uri: usize| {
        TokenName::new(&"n".repeat(name), &"s".repeat(symbol), &uri_of(uri)).err()
    };
    assert_eq!(of(32, 10, 200), None);
    assert_eq!(of(1, 1, 0), None);
    assert_eq!(of(33, 10, 200), Some(long("name", 33, 32)));
    assert_eq!(of(32, 11, 200), Some(long("symbol", 11, 10)));
    assert_eq!(of(32, 10, 201), Some(long("URI", 201, 200)));
    // Bytes count, not characters.
    let wide = TokenName::new("n", "名前名前", "");
    assert_eq!(wide.err(), Some(long("symbol", 12, 10)));
}

#[test]
fn a_name_is_seen() {
    let refused = |name, symbol, uri| TokenName::new(name, symbol, uri).unwrap_err();
    let empty = |what| NameError::Empty { what };
    assert_eq!(refused("", "s", ""), empty("name"));
    assert_eq!(refused("n", " ", ""), empty("symbol"));
    let hidden = |what, code| NameError::Hidden { what, code };
    assert_eq!(refused("n\u{1b}[m", "s", ""), hidden("name", 0x1b));
    assert_eq!(refused("n", "s\u{200b}", ""), hidden("symbol", 0x200b));
    assert_eq!(refused("n", "s", "u\n"), hidden("URI", 0xa));
    for (filler, code) in [
        ("\u{2800}", 0x2800),
        ("\u{3164}", 0x3164),
        ("\u{115f}", 0x115f),
        ("\u{ffa0}", 0xffa0),
    ] {
        assert_eq!(refused(filler, "s", ""), hidden("name", code));
    }
    assert_eq!(refused(" n", "s", ""), NameError::Blanks);
    assert_eq!(refused("n", "s ", ""), NameError::Blanks);
    assert_eq!(refused("n", "s", "https://a b"), NameError::Blanks);
}
