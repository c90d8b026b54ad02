//! Texts that strangers wrote, as they can be shown without harm.

/// The text without anything that moves a terminal's cursor, changes its colours, or makes the text
/// be read in another order: such characters become `U+FFFD`.
pub fn printable(text: &str) -> String {
    let shown = |character| match is_hidden(character) {
        true => char::REPLACEMENT_CHARACTER,
        false => character,
    };
    text.chars().map(shown).collect()
}

/// Whether nobody sees the character itself: controls, escapes, line ends, marks of direction,
/// characters without width, fillers, tags.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_line_ends_and_marks_of_direction_are_shown_as_what_cannot_be_shown() {
        for hidden in [
            "\u{1b}[2J",
            "\u{9b}2J",
            "\r\n",
            "\u{7}",
            "\u{202e}",
            "\u{200b}",
            "\u{feff}",
            "\0",
        ] {
            let shown = printable(&format!("a{hidden}b"));
            assert!(!shown.chars().any(is_hidden), "{shown:?}");
            assert!(
                shown.starts_with("a\u{fffd}") && shown.ends_with('b'),
                "{shown:?}"
            );
        }
    }

    #[test]
    fn what_people_write_stays() {
        for text in ["Sluice SOL", "Ω ünïcode 名前", "https://a.b/c?d=e#f"] {
            assert_eq!(printable(text), text);
        }
    }
}
