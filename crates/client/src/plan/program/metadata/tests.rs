//! Every byte and every account, beside what the published client makes (`vectors.json`: `npm run vectors` in
//! `integrations` writes it, and a test there compares).

use anchor_lang::prelude::Rent;
use serde_json::{Value, json};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_pubkey::{Pubkey, pubkey};

use super::{
    publication::{Publication, Standing},
    *,
};

const PROGRAM: Pubkey = pubkey!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
const AUTHORITY: Pubkey = pubkey!("Stake11111111111111111111111111111111111111");
const OTHER: Pubkey = pubkey!("Vote111111111111111111111111111111111111111");
const RECIPIENT: Pubkey = pubkey!("Config1111111111111111111111111111111111111");
const DATA: [u8; 4] = [1, 2, 3, 250];

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn bytes(text: &Value) -> Vec<u8> {
    hex::decode(text.as_str().unwrap()).unwrap()
}

fn plain(instruction: &Instruction) -> Value {
    let accounts = instruction.accounts.iter().map(|account| {
        let role = u8::from(account.is_writable) + 2 * u8::from(account.is_signer);
        format!("{} {role}", account.pubkey)
    });
    json!({
        "program": instruction.program_id.to_string(),
        "accounts": accounts.collect::<Vec<_>>(),
        "data": hex::encode(&instruction.data),
    })
}

#[test]
fn addresses_are_those_of_the_published_client() {
    let of = |kind: Kind| kind.address(&PROGRAM).to_string();
    let upload = |kind: Kind| kind.upload_address(&PROGRAM, &AUTHORITY).to_string();
    let own = json!({
        "idl": of(Kind::Idl),
        "security": of(Kind::Security),
        "uploadIdl": upload(Kind::Idl),
        "uploadSecurity": upload(Kind::Security),
    });
    assert_eq!(vectors()["addresses"], own);
}

#[test]
fn instructions_are_those_of_the_published_client_to_the_byte() {
    let idl = Target::metadata(PROGRAM, Kind::Idl, AUTHORITY);
    let security = Target::metadata(PROGRAM, Kind::Security, AUTHORITY);
    let upload = Target::upload(PROGRAM, Kind::Idl, AUTHORITY);
    let own = [
        ("allocate", idl.allocate(Kind::Idl.seed())),
        ("allocateUpload", upload.allocate(Kind::Idl.upload_seed())),
        ("extend", idl.extend(10_240)),
        ("extendUpload", upload.extend(517)),
        ("write", upload.write(Write::Bytes(70_000, &DATA))),
        ("writeBuffer", idl.write(Write::Buffer(upload.account))),
        (
            "initialize",
            security.initialize(Kind::Security, Some(&DATA)),
        ),
        ("initializeBuffer", idl.initialize(Kind::Idl, None)),
        ("setData", idl.set_data_of_bytes(&DATA)),
        ("setDataOfBuffer", idl.set_data_of_buffer(upload.account)),
        ("setAuthority", idl.set_authority(Some(OTHER))),
        ("setNoAuthority", idl.set_authority(None)),
        ("trim", idl.trim(RECIPIENT)),
        ("close", idl.close(RECIPIENT)),
        ("closeUpload", upload.close(RECIPIENT)),
    ];
    let vectors = vectors();
    let published = vectors["instructions"].as_object().unwrap();
    assert_eq!(published.len(), own.len());
    for (name, instruction) in own {
        assert_eq!(published[name], plain(&instruction), "{name}");
    }
}

/// Metadata of security, as the published client writes an account of it.
fn account() -> Account {
    Account {
        lamports: 1_000_000,
        data: bytes(&vectors()["account"]),
        owner: PROGRAM_METADATA_PROGRAM,
        ..Account::default()
    }
}

fn told(account: Account) -> Result<Option<Metadata>> {
    Metadata::of(Some(account), &PROGRAM, Kind::Security)
}

#[test]
fn an_account_that_the_published_client_encodes_is_read_field_by_field() {
    let metadata = told(account()).unwrap().unwrap();
    assert_eq!(metadata.address, Kind::Security.address(&PROGRAM));
    assert_eq!(metadata.authority, Some(OTHER));
    assert!(metadata.is_mutable);
    assert_eq!(metadata.encoding, Encoding::Utf8);
    assert_eq!(metadata.compression, Compression::Zlib);
    assert_eq!(metadata.format, Format::Json);
    assert_eq!(metadata.data_source, DataSource::Direct);
    assert_eq!(metadata.data, bytes(&vectors()["packed"]));
    let content = metadata.text().unwrap();
    assert_eq!(vectors()["content"], content);
    assert_eq!(unpack(&pack(&content), Compression::Zlib), Ok(content));
}

#[test]
fn metadata_of_another_program_kind_or_writer_is_not_taken_for_ours() {
    // The header's fields: discriminator, program, canonical, seed, length.
    for (offset, byte) in [(0, 1), (1, 9), (66, 0), (67, b'x'), (87, 255)] {
        let mut forged = account();
        forged.data[offset] = byte;
        let read = told(forged);
        assert!(
            matches!(read, Err(ClientError::Unreadable { .. })),
            "{offset}: {read:?}"
        );
    }
    let mut short = account();
    short.data.truncate(HEADER_BYTES - 1);
    assert!(matches!(told(short), Err(ClientError::Unreadable { .. })));
    let foreign = Account {
        owner: OTHER,
        ..account()
    };
    assert_eq!(told(foreign).unwrap(), None);
}

#[test]
fn content_that_unfolds_without_end_is_refused() {
    let bomb = pack(&" ".repeat(MAX_CONTENT_BYTES + 1));
    assert!(bomb.len() < MAX_CONTENT_BYTES / 500);
    assert_eq!(unpack(&bomb, Compression::Zlib), Err(ContentError::TooLong));
    assert_eq!(
        unpack(b"no zlib", Compression::Zlib),
        Err(ContentError::Damaged)
    );
    assert_eq!(unpack(&[255], Compression::None), Err(ContentError::NoText));
}

#[test]
fn an_interface_of_another_program_and_a_file_without_contact_are_refused() {
    let idl = |address: &str| {
        require_of(
            &json!({ "address": address }).to_string(),
            Kind::Idl,
            &PROGRAM,
        )
    };
    assert_eq!(idl(&PROGRAM.to_string()), Ok(()));
    assert!(matches!(
        idl(&OTHER.to_string()),
        Err(ContentError::OtherProgram { .. })
    ));
    let security = |text: &str| require_of(text, Kind::Security, &PROGRAM);
    assert_eq!(security(r#"{"contacts":["email:a@example.org"]}"#), Ok(()));
    for text in [
        r#"{"contacts":[]}"#,
        r#"{"contacts":[""]}"#,
        r#"{"contacts":"a"}"#,
        "{}",
    ] {
        assert_eq!(security(text), Err(ContentError::NoContact), "{text}");
    }
    assert_eq!(security("[]"), Err(ContentError::NoObject));
}

fn standing(metadata: Option<Metadata>, upload: Option<UploadBuffer>) -> Standing {
    Standing::new(PROGRAM, Kind::Security, Rent::default(), metadata, upload)
}

fn publication(data: &[u8]) -> Publication<'_> {
    Publication {
        data,
        authority: AUTHORITY,
        payer: RECIPIENT,
        buffer: None,
    }
}

fn upload(data: Vec<u8>) -> Option<UploadBuffer> {
    Some(UploadBuffer {
        address: Kind::Security.upload_address(&PROGRAM, &AUTHORITY),
        authority: Some(AUTHORITY),
        lamports: Rent::default().minimum_balance(HEADER_BYTES + data.len()),
        data,
    })
}

#[test]
fn only_what_a_broken_upload_lacks_is_written_again() {
    let wanted: Vec<u8> = (1..=5_000).map(|byte| (byte % 251) as u8 + 1).collect();
    let whole = standing(None, None).parts(&publication(&wanted)).unwrap();
    assert_eq!((whole.open.len(), whole.writes.len()), (3, 7));

    let mut half = wanted.clone();
    half[760..2_280].fill(0);
    let parts = standing(None, upload(half))
        .parts(&publication(&wanted))
        .unwrap();
    assert_eq!(parts.open, []);
    assert_eq!(parts.writes, whole.writes[1..3]);
    assert_eq!(parts.publish, whole.publish);

    let done = standing(None, upload(wanted.clone()))
        .parts(&publication(&wanted))
        .unwrap();
    assert_eq!((done.open.len(), done.writes.len()), (0, 0));
}

#[test]
fn a_buffer_that_is_too_long_is_closed_first_and_a_short_one_grows() {
    let wanted = [7; 2_000];
    let long = standing(None, upload(vec![7; 2_001]))
        .parts(&publication(&wanted))
        .unwrap();
    let close = Target::upload(PROGRAM, Kind::Security, AUTHORITY).close(RECIPIENT);
    assert_eq!(long.open.first(), Some(&close));
    assert_eq!(long.writes.len(), 3);
    let short = standing(None, upload(vec![7; 1_520]))
        .parts(&publication(&wanted))
        .unwrap();
    let extend = Target::upload(PROGRAM, Kind::Security, AUTHORITY).extend(480);
    assert_eq!(short.open.last(), Some(&extend));
    assert_eq!(short.writes.len(), 1);
}

#[test]
fn a_short_content_takes_one_transaction_and_a_longer_one_makes_room_step_by_step() {
    let parts = standing(None, None).parts(&publication(&[7; 560])).unwrap();
    assert_eq!(
        (parts.open.len(), parts.writes.len(), parts.publish.len()),
        (0, 0, 2)
    );
    assert_eq!(parts.lent_lamports, 0);

    let metadata = told(account()).unwrap().unwrap();
    let larger = standing(Some(metadata), None)
        .parts(&publication(&[7; 30_000]))
        .unwrap();
    // Rent, three times room, the content, the buffer's end.
    assert_eq!(larger.publish.len(), 6);
    assert_eq!(larger.lent_lamports, larger.rent_lamports);
    let most = vec![7; MAX_PACKED_BYTES + 1];
    assert_eq!(
        standing(None, None).parts(&publication(&most)),
        Err(ContentError::TooLarge)
    );
}

#[test]
fn every_transaction_fits_with_a_second_signer_and_a_nonce() {
    let data = vec![7; MAX_PACKED_BYTES];
    let parts = standing(None, None).parts(&publication(&data)).unwrap();
    let writes = parts.writes.iter().map(std::slice::from_ref);
    let inline = standing(None, None).parts(&publication(&[7; 560])).unwrap();
    for steps in writes.chain([&parts.open[..], &parts.publish[..], &inline.publish[..]]) {
        let nonce = solana_system_interface::instruction::advance_nonce_account(&OTHER, &AUTHORITY);
        let all = [&[nonce], steps].concat();
        let message = solana_message::Message::new(&all, Some(&Pubkey::new_unique()));
        // With the compute budget's two instructions and the address of its program.
        let signatures = 1 + 64 * usize::from(message.header.num_required_signatures);
        let bytes = message.serialize().len() + signatures + 32 + 8 + 12;
        assert!(bytes <= 1_232, "{bytes}");
    }
}
