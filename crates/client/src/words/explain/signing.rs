//! Signatures that could not be made, mostly by hardware wallets.

use solana_signer::SignerError;

/// A signer's error as a sentence that says what to do next. Nothing was sent.
pub fn signing(error: &SignerError) -> String {
    match error {
        SignerError::UserCancel(_) => DECLINED.to_owned(),
        SignerError::Protocol(said) if said.contains("rejected by the user") => DECLINED.to_owned(),
        // What a Ledger says to instructions that it cannot show, unless it is told to sign them.
        SignerError::Protocol(said) if said.contains("operation not supported") => {
            "The hardware wallet does not show this kind of transaction. Allow blind signing in \
             its Solana app's settings, and check the transaction with --send dump before"
                .to_owned()
        }
        SignerError::NoDeviceFound | SignerError::Connection(_) | SignerError::Protocol(_) => {
            format!(
                "The hardware wallet did not sign: {error}. Connect and unlock it, open its \
                 Solana app, and try again"
            )
        }
        SignerError::NotEnoughSigners => {
            "A key that must sign is missing. Sign with the keys that the command asks for"
                .to_owned()
        }
        other => format!("The transaction could not be signed: {other}"),
    }
}

const DECLINED: &str = "You declined the transaction on the hardware wallet. Nothing was sent";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_hardware_wallet_says_is_told_with_what_to_do() {
        let protocol = |said: &str| signing(&SignerError::Protocol(said.to_owned()));
        assert_eq!(protocol("Ledger operation rejected by the user"), DECLINED);
        assert_eq!(signing(&SignerError::UserCancel(String::new())), DECLINED);
        let blind = protocol("Ledger operation not supported");
        assert!(blind.contains("Allow blind signing"), "{blind}");
        let closed = protocol("Solana app not open on Ledger device");
        assert!(closed.contains("Solana app not open"), "{closed}");
        assert!(closed.contains("Connect and unlock it"), "{closed}");
    }
}
