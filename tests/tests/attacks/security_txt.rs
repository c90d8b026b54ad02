//! Whom to tell about a weakness, as anybody can read it from the deployed program.

use sluice_tests::cluster::sluice_elf;
use solana_security_txt::find_and_parse;

#[test]
fn the_program_says_whom_to_tell_about_a_weakness() {
    let elf = std::fs::read(sluice_elf()).unwrap();
    let said = find_and_parse(&elf).unwrap();
    assert_eq!(said.name, "Sluice");
    assert_eq!(said.contacts.len(), 1);
    assert!(said.policy.contains("SECURITY.md"), "{}", said.policy);
}
