//! Registering methods and reading their parameters as a validator does.

use std::{any::type_name, fmt::Debug, ops::RangeInclusive, str::FromStr, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use bincode::Options;
use jsonrpc_core::Error;
use jsonrpsee::{
    RpcModule,
    types::{ErrorObjectOwned, Params},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::config::UiTransactionEncoding;
use solana_signature::Signature;

use super::{RpcResult, Services};

/// The most that a transaction may have, in bytes on the wire.
const MAX_WIRE_BYTES: usize = solana_message::v1::MAX_TRANSACTION_SIZE;

/// The parameters of a method that takes none.
pub(crate) type NoParams = [(); 0];

/// The methods registered so far.
pub(crate) struct Methods(RpcModule<Services>);

impl Methods {
    pub(crate) fn new(services: Arc<Services>) -> Self {
        Self(RpcModule::from_arc(services))
    }

    /// Adds a method with a number of parameters in `count`; those left out are null.
    ///
    /// # Panics
    ///
    /// If the name is taken.
    pub(crate) fn add<P, R>(
        &mut self,
        name: &'static str,
        count: RangeInclusive<usize>,
        method: fn(&Services, P) -> RpcResult<R>,
    ) where
        P: DeserializeOwned + 'static,
        R: Serialize + 'static,
    {
        self.0
            .register_blocking_method(name, move |params, services, _| {
                read(&params, &count)
                    .and_then(|params| method(&services, params))
                    .and_then(|result| serde_json::to_value(result).map_err(internal_error))
                    .map_err(into_error_object)
            })
            .expect("method names are distinct literals");
    }

    pub(crate) fn into_module(self) -> RpcModule<Services> {
        self.0
    }
}

/// Reads parameters, with the errors of a validator.
pub(crate) fn read<P: DeserializeOwned>(
    params: &Params<'_>,
    count: &RangeInclusive<usize>,
) -> RpcResult<P> {
    let mut values = match params.parse::<Option<Value>>() {
        Ok(None) => Vec::new(),
        Ok(Some(Value::Array(values))) => values,
        _ => return Err(Error::invalid_params("`params` should be an array")),
    };
    let (least, most) = (*count.start(), *count.end());
    if most == 0 && !values.is_empty() {
        return Err(Error::invalid_params_with_details(
            "No parameters were expected",
            values,
        ));
    }
    if least < most {
        if values.len() < least {
            return Err(Error::invalid_params(format!(
                "`params` should have at least {least} argument(s)"
            )));
        }
        if values.len() > most {
            return Err(Error::invalid_params_with_details(
                format!("Expected from {least} to {most} parameters."),
                format!("Got: {}", values.len()),
            ));
        }
        values.resize(most, Value::Null);
    }
    serde_json::from_value(Value::Array(values))
        .map_err(|error| Error::invalid_params(format!("Invalid params: {error}.")))
}

/// Reads an address.
pub(crate) fn parse_pubkey(text: &str) -> RpcResult<Pubkey> {
    parse(text)
}

/// Reads a signature.
pub(crate) fn parse_signature(text: &str) -> RpcResult<Signature> {
    parse(text)
}

fn parse<T: FromStr<Err: Debug>>(text: &str) -> RpcResult<T> {
    text.parse()
        .map_err(|error| Error::invalid_params(format!("Invalid param: {error:?}")))
}

/// Decodes a transaction or message from the text in which it was sent.
pub(super) fn decode<T: DeserializeOwned>(
    text: &str,
    encoding: UiTransactionEncoding,
) -> RpcResult<T> {
    let bytes = match encoding {
        UiTransactionEncoding::Base58 => bs58::decode(text)
            .into_vec()
            .map_err(|error| format!("invalid base58 encoding: {error:?}")),
        UiTransactionEncoding::Base64 => BASE64_STANDARD
            .decode(text)
            .map_err(|error| format!("invalid base64 encoding: {error:?}")),
        other => Err(format!(
            "unsupported encoding: {other}. Supported encodings: base58, base64"
        )),
    }
    .map_err(Error::invalid_params)?;
    let name = type_name::<T>();
    if bytes.len() > MAX_WIRE_BYTES {
        return Err(Error::invalid_params(format!(
            "decoded {name} too large: {} bytes (max: {MAX_WIRE_BYTES} bytes)",
            bytes.len()
        )));
    }
    bincode::options()
        .with_limit(MAX_WIRE_BYTES as u64)
        .with_fixint_encoding()
        .deserialize(&bytes)
        .map_err(|error| Error::invalid_params(format!("failed to deserialize {name}: {error}")))
}

/// Brings an error into the form in which the server sends it.
pub(crate) fn into_error_object(error: Error) -> ErrorObjectOwned {
    let code = i32::try_from(error.code.code()).unwrap_or(i32::MIN);
    ErrorObjectOwned::owned(code, error.message, error.data)
}

/// A failure that is the cluster's own.
pub(crate) fn internal_error(error: impl ToString) -> Error {
    Error {
        message: error.to_string(),
        ..Error::internal_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<P: DeserializeOwned + Debug>(json: &str, count: RangeInclusive<usize>) -> String {
        read::<P>(&Params::new(Some(json)), &count)
            .unwrap_err()
            .message
    }

    #[test]
    fn parameters_left_out_are_none() {
        let read = read::<(String, Option<u64>)>(&Params::new(Some("[\"a\"]")), &(1..=2)).unwrap();
        assert_eq!(read, ("a".into(), None));
    }

    #[test]
    fn no_parameters_may_be_written_as_an_empty_list_or_left_out() {
        assert!(read::<NoParams>(&Params::new(Some("[]")), &(0..=0)).is_ok());
        assert!(read::<NoParams>(&Params::new(None), &(0..=0)).is_ok());
    }

    #[test]
    fn the_wrong_number_of_parameters_is_refused() {
        assert_eq!(
            message::<NoParams>("[1]", 0..=0),
            "Invalid parameters: No parameters were expected"
        );
        assert_eq!(
            message::<(u64, Option<u64>)>("[]", 1..=2),
            "`params` should have at least 1 argument(s)"
        );
        assert_eq!(
            message::<(u64, Option<u64>)>("[1,2,3]", 1..=2),
            "Invalid parameters: Expected from 1 to 2 parameters."
        );
    }

    #[test]
    fn parameters_of_the_wrong_type_are_refused() {
        assert_eq!(
            message::<(String,)>("[1]", 1..=1),
            "Invalid params: invalid type: integer `1`, expected a string."
        );
        assert_eq!(
            message::<(String,)>("{\"a\":1}", 1..=1),
            "`params` should be an array"
        );
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        assert_eq!(
            parse_pubkey("abc").unwrap_err().message,
            "Invalid param: WrongSize"
        );
    }
}
