//! What the specification of Solana Actions says that answers look like: `@solana/actions-spec` 2.4.

use serde::{Deserialize, Serialize};

/// The version of the specification, as the header `X-Action-Version` names it.
pub const VERSION: &str = "2.4";

/// What an Action is, before anybody asks for a transaction.
#[derive(Clone, Debug, Serialize)]
pub struct ActionGetResponse {
    #[serde(rename = "type")]
    kind: &'static str,
    icon: String,
    title: String,
    description: String,
    label: String,
    disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Links>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ActionError>,
}

impl ActionGetResponse {
    /// An Action with the URL of a picture, what it is, and one button, which works.
    pub fn new(icon: String, title: &str, description: String, label: &str) -> Self {
        Self {
            kind: "action",
            icon,
            title: title.to_owned(),
            description,
            label: label.to_owned(),
            disabled: false,
            links: None,
            error: None,
        }
    }

    /// The same with these buttons in place of the one.
    pub fn with_links(mut self, actions: Vec<LinkedAction>) -> Self {
        self.links = Some(Links { actions });
        self
    }

    /// The same where nobody can do it now, and why: with its one button, which does nothing.
    pub fn closed(mut self, message: String) -> Self {
        self.disabled = true;
        self.links = None;
        self.with_error(message)
    }

    /// The same with a reason that a part of it cannot be done.
    pub fn with_error(mut self, message: String) -> Self {
        self.error = Some(ActionError { message });
        self
    }
}

/// The buttons of an Action.
#[derive(Clone, Debug, Serialize)]
pub struct Links {
    actions: Vec<LinkedAction>,
}

/// A button, perhaps with a field to fill in.
#[derive(Clone, Debug, Serialize)]
pub struct LinkedAction {
    #[serde(rename = "type")]
    kind: &'static str,
    href: String,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<[Parameter; 1]>,
}

impl LinkedAction {
    /// A button that asks this URL for a transaction.
    pub fn new(href: String, label: impl Into<String>) -> Self {
        Self {
            kind: "transaction",
            href,
            label: label.into(),
            parameters: None,
        }
    }

    /// The same with a field whose value takes the place of its name in the URL.
    pub fn with(mut self, parameter: Parameter) -> Self {
        self.parameters = Some([parameter]);
        self
    }
}

/// A field to fill in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    required: bool,
    pattern: &'static str,
    pattern_description: &'static str,
}

impl Parameter {
    /// An amount with nine decimals. It is text: a field for numbers would round it.
    pub fn amount(label: &'static str) -> Self {
        Self {
            kind: "text",
            name: "amount",
            label,
            required: true,
            pattern: r"^[0-9]+(\.[0-9]{1,9})?$",
            pattern_description: "A number such as 12 or 12.345, with at most nine digits after the point",
        }
    }
}

/// Who wants a transaction.
#[derive(Clone, Debug, Deserialize)]
pub struct ActionPostRequest {
    /// The address of the wallet.
    pub account: String,
}

/// A transaction to sign.
#[derive(Clone, Debug, Serialize)]
pub struct TransactionResponse {
    #[serde(rename = "type")]
    kind: &'static str,
    transaction: String,
    message: String,
}

impl TransactionResponse {
    /// A transaction in base64, and what it does.
    pub fn new(transaction: String, message: String) -> Self {
        Self {
            kind: "transaction",
            transaction,
            message,
        }
    }
}

/// Why not.
#[derive(Clone, Debug, Serialize)]
pub struct ActionError {
    /// As a sentence.
    pub message: String,
}

/// Which addresses of a website are Actions.
#[derive(Clone, Debug, Serialize)]
pub struct ActionsJson {
    /// One rule for each.
    pub rules: Vec<ActionRule>,
}

/// An address of a website, and that of its Action.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionRule {
    /// On the website.
    pub path_pattern: String,
    /// Of the Action.
    pub api_path: String,
}
