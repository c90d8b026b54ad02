use std::process::ExitCode;

fn main() -> ExitCode {
    sluice_actions::run()
}
