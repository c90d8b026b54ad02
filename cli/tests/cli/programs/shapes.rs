//! What every command about programs prints for scripts.

use super::{Site, elves, text_of, told};
use crate::{
    net::CliNet,
    schema::{Printed, Reader},
};

/// All that they print.
pub fn printed() -> Printed {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let heir = Site::new(&net, "heir");
    let (program, program_file) = (site.program.to_string(), &site.program_file);
    let heirs = heir.owner.address.to_string();
    let [small, large] = elves().map(|elf| text_of(&elf));
    let mut reader = Reader::of(&net, &site.owner);
    let options = [
        "--program-id",
        program_file.as_str(),
        "--other-address",
        "--yes",
    ];
    reader.run(
        "program deploy",
        &[&[small.as_str()][..], &options[..]].concat(),
    );
    reader.run(
        "program upgrade",
        &[&program, &large, "--yes", "--other-address"],
    );
    reader.run("program extend", &[&program, "10240"]);
    reader.run("program verify", &[&program, &large]);
    reader.run("program show", &[&program]);
    let written = reader.run("program write-buffer", &[&small, "--yes"]);
    let buffer = written["buffer"].as_str().unwrap();
    reader.run("program show", &[buffer]);
    reader.run("program show --buffers", &[]);
    reader.run("program close", &[buffer]);
    let give = [
        program.as_str(),
        heirs.as_str(),
        "--skip-new-signer",
        "--yes",
    ];
    reader.run("program set-authority", &give);
    // It is so already.
    reader.run("program set-authority", &give);
    let mut printed = reader.printed;
    printed.push(("program deploy", told::printed()));
    printed
}
