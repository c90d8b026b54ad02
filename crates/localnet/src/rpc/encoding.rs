//! Accounts in the encodings that clients ask for.

use jsonrpc_core::{Error, ErrorCode};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_account_decoder::{
    MAX_BASE58_BYTES, UiAccount, UiAccountEncoding, UiDataSliceConfig, encode_ui_account,
    parse_account_data::{AccountAdditionalDataV3, SplTokenAdditionalDataV2},
    parse_token::{
        TokenAccountType, UiMint, get_token_account_mint, is_known_spl_token_id, parse_token_v3,
    },
};
use solana_pubkey::Pubkey;
use solana_runtime::bank::Bank;

use super::RpcResult;

/// Whether data too long for base 58 is an error or only a remark in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncodingLimit {
    /// It is an error.
    Enforced,
    /// The answer says so in place of the data.
    Waived,
}

/// Encodes an account; `jsonParsed` falls back to base 64 where the owner is not known.
pub(crate) fn encode_account(
    bank: &Bank,
    address: &Pubkey,
    account: &AccountSharedData,
    encoding: UiAccountEncoding,
    slice: Option<UiDataSliceConfig>,
    limit: EncodingLimit,
) -> RpcResult<UiAccount> {
    if limit == EncodingLimit::Enforced {
        check_length(account, encoding, slice)?;
    }
    let additional_data = (encoding == UiAccountEncoding::JsonParsed)
        .then(|| token_data(bank, account))
        .flatten();
    Ok(encode_ui_account(
        address,
        account,
        encoding,
        additional_data,
        slice,
    ))
}

/// Refuses to write more than 128 bytes in base 58.
fn check_length(
    account: &AccountSharedData,
    encoding: UiAccountEncoding,
    slice: Option<UiDataSliceConfig>,
) -> RpcResult<()> {
    let base58 = matches!(
        encoding,
        UiAccountEncoding::Binary | UiAccountEncoding::Base58
    );
    let length = slice.map_or(account.data().len(), |slice| {
        slice
            .length
            .min(account.data().len().saturating_sub(slice.offset))
    });
    if base58 && length > MAX_BASE58_BYTES {
        return Err(Error {
            code: ErrorCode::InvalidRequest,
            message: format!(
                "Encoded binary (base 58) data should be less than {MAX_BASE58_BYTES} bytes, \
                 please use Base64 encoding."
            ),
            data: None,
        });
    }
    Ok(())
}

/// What a token account does not say itself: the decimals of its mint.
fn token_data(bank: &Bank, account: &AccountSharedData) -> Option<AccountAdditionalDataV3> {
    if !is_known_spl_token_id(account.owner()) {
        return None;
    }
    let mint = get_token_account_mint(account.data())?;
    let decimals = mint_decimals(bank, &mint)?;
    Some(AccountAdditionalDataV3 {
        spl_token_additional_data: Some(SplTokenAdditionalDataV2::with_decimals(decimals)),
    })
}

/// The decimals of a mint, if it is one.
pub(super) fn mint_decimals(bank: &Bank, mint: &Pubkey) -> Option<u8> {
    Some(parse_mint(&bank.get_account(mint)?)?.decimals)
}

/// The mint that an account of a token program is, if it is one.
pub(super) fn parse_mint(account: &AccountSharedData) -> Option<UiMint> {
    if !is_known_spl_token_id(account.owner()) {
        return None;
    }
    match parse_token_v3(account.data(), None) {
        Ok(TokenAccountType::Mint(mint)) => Some(mint),
        _ => None,
    }
}
