//! Signatures that could not be made, mostly by hardware wallets.

use solana_signer::SignerError;

use super::Explanation;

/// A signer's error, and what to do next. Nothing was sent.
pub fn signing(error: &SignerError) -> Explanation {
    match error {
        SignerError::UserCancel(_) => declined(),
        SignerError::Protocol(said) if said.contains("rejected by the user") => declined(),
        // What a Ledger says to instructions that it cannot show, unless it is told to sign them.
        SignerError::Protocol(said) if said.contains("operation not supported") => {
            Explanation::new(
                "The hardware wallet does not show this kind of transaction",
                "Allow blind signing in its Solana app's settings, and check the transaction \
                 with {dump} before",
            )
        }
        SignerError::NoDeviceFound | SignerError::Connection(_) | SignerError::Protocol(_) => {
            Explanation::new(
                format!("The hardware wallet did not sign: {error}"),
                "Connect and unlock it, open its Solana app, and try again",
            )
        }
        SignerError::NotEnoughSigners => Explanation::new(
            "A key that must sign is missing",
            "Sign with the keys that are asked for",
        ),
        other => Explanation::new(format!("The transaction could not be signed: {other}"), ""),
    }
}

fn declined() -> Explanation {
    Explanation::new(
        "You declined the transaction on the hardware wallet. Nothing was sent",
        "",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_hardware_wallet_says_is_told_with_what_to_do() {
        let protocol = |said: &str| signing(&SignerError::Protocol(said.to_owned())).to_string();
        assert_eq!(
            protocol("Ledger operation rejected by the user"),
            declined().to_string()
        );
        assert_eq!(signing(&SignerError::UserCancel(String::new())), declined());
        let blind = protocol("Ledger operation not supported");
        assert!(blind.contains("Allow blind signing"), "{blind}");
        let closed = protocol("Solana app not open on Ledger device");
        assert!(closed.contains("Solana app not open"), "{closed}");
        assert!(closed.contains("Connect and unlock it"), "{closed}");
    }
}
