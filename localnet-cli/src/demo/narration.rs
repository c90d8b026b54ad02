//! What the audience sees.

use std::io::Write;

/// A new part of the story, and why it happens.
pub fn act(number: u32, title: &str, why: &str) {
    line(&format!("\n{number}. {title}\n   {why}"));
}

/// A command that somebody types.
pub fn command(actor: &str, program: &str, arguments: &str) {
    line(&format!("   {actor} $ {program} {arguments}"));
}

/// What came of it.
pub fn tell(sentence: &str) {
    line(&format!("     {sentence}"));
}

/// A drawing or a table.
pub fn show(drawing: &str) {
    for drawn in drawing.trim_end().lines() {
        line(&format!("     {drawn}"));
    }
}

/// A line at once, also into a pipe. That nobody reads it any more is no failure of the demo.
fn line(text: &str) {
    let mut stdout = std::io::stdout().lock();
    drop(writeln!(stdout, "{text}").and_then(|()| stdout.flush()));
}
