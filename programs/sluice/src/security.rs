//! Whom to tell about a weakness, readable from the deployed program: explorers show it, and
//! `query-security-txt` prints it. Before a deployment, the deployer writes an address here.

use solana_security_txt::security_txt;

security_txt! {
    name: "Sluice",
    project_url: "none yet",
    contacts: "other:Not deployed by anybody yet. Whoever does puts their contact here.",
    policy: "SECURITY.md in the source: report in private first.",
    preferred_languages: "en",
    auditors: "None"
}
