//! Texts that strangers wrote, as they can be shown without harm.

use reqwest::Url;

/// What is kept of what a stranger says at length, in characters.
const LONGEST_EXCERPT: usize = 500;
/// What lays lines out.
const LAYOUT: [char; 2] = ['\n', '\t'];

/// The text without anything that moves a terminal's cursor, changes its colours, or makes the text
/// be read in another order: such characters become `U+FFFD`.
pub fn printable(text: &str) -> String {
    shown(text, &[])
}

/// The same of several lines, whose ends and tabs stay. Everything that a program prints goes through
/// it, whoever wrote a part of it.
pub fn printable_lines(text: &str) -> String {
    shown(text, &LAYOUT)
}

fn shown(text: &str, kept: &[char]) -> String {
    let shown = |character| match is_hidden(character) && !kept.contains(&character) {
        true => char::REPLACEMENT_CHARACTER,
        false => character,
    };
    text.chars().map(shown).collect()
}

/// A part of a URL that is shorter is no key.
const LEAST_KEY: usize = 6;

/// A text in which no part of the URL stands that can be a key: not its path, its query or its user.
pub fn without_key(text: &str, url: &Url) -> String {
    let path = url.path().split('/');
    let query = url.query().unwrap_or_default().split(['&', '=']);
    let user = [url.username(), url.password().unwrap_or_default()];
    let parts = path.chain(query).chain(user);
    let keys = parts.filter(|part| part.len() >= LEAST_KEY);
    keys.fold(text.to_owned(), |text, key| text.replace(key, "…"))
}

/// The beginning of a text of any length, without harm.
pub fn excerpt(text: &str) -> String {
    let beginning: String = text.chars().take(LONGEST_EXCERPT).collect();
    printable(&beginning)
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
    fn what_a_server_says_is_shown_without_what_can_be_a_key_of_its_url() {
        let url = "https://user:passw0rd@rpc.example/v2/secret-path?api-key=secret-query";
        let said = "no route /v2/secret-path?api-key=secret-query for passw0rd";
        let shown = without_key(said, &url.parse().unwrap());
        assert_eq!(shown, "no route /v2/…?…=… for …");
    }

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
    fn lines_stay_and_nothing_else_that_moves_a_cursor() {
        let shown = printable_lines("a\tb\r\n\u{1b}[2Jc\u{9b}d\u{202e}e\u{7f}");
        assert_eq!(
            shown,
            "a\tb\u{fffd}\n\u{fffd}[2Jc\u{fffd}d\u{fffd}e\u{fffd}"
        );
    }

    #[test]
    fn an_excerpt_is_short_and_one_line() {
        let shown = excerpt(&"a\n".repeat(1_000_000));
        assert_eq!(shown, "a\u{fffd}".repeat(250));
    }

    #[test]
    fn what_people_write_stays() {
        for text in ["Sluice SOL", "Ω ünïcode 名前", "https://a.b/c?d=e#f"] {
            assert_eq!(printable(text), text);
        }
    }
}
