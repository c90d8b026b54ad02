use std::process::ExitCode;

fn main() -> ExitCode {
    sluice_keeper::run()
}
