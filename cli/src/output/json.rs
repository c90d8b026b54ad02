//! JSON for scripts. Amounts are written as text, since a number of 64 bits does not survive
//! JavaScript. A value's key says whether it is one. What would act on a terminal is escaped, so that
//! a reader of JSON gets it and whoever looks at it sees it.

use std::io::{Result, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use sluice_client::words::{amounts::is_amount, printable::is_hidden};

/// The version of what `--output json` prints. It rises when a key goes, or means something else;
/// not when one comes.
pub const SCHEMA: u32 = 1;

/// A value over several lines.
pub fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    written(value, PrettyFormatter::new())
}

/// A value in one line.
pub fn line(value: &impl Serialize) -> serde_json::Result<String> {
    written(value, CompactFormatter)
}

fn written(value: &impl Serialize, layout: impl Formatter) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    let formatter = AmountsAsText::new(layout);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, formatter))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes as `layout` does, but amounts in quotation marks.
struct AmountsAsText<F> {
    layout: F,
    key: String,
    in_key: bool,
    is_amount: bool,
}

impl<F: Formatter> AmountsAsText<F> {
    fn new(layout: F) -> Self {
        Self {
            layout,
            key: String::new(),
            in_key: false,
            is_amount: false,
        }
    }

    fn number<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        write: impl FnOnce(&mut F, &mut W) -> Result<()>,
    ) -> Result<()> {
        if !self.is_amount {
            return write(&mut self.layout, writer);
        }
        self.layout.begin_string(writer)?;
        write(&mut self.layout, writer)?;
        self.layout.end_string(writer)
    }
}

impl<F: Formatter> Formatter for AmountsAsText<F> {
    fn write_u32<W: ?Sized + Write>(&mut self, writer: &mut W, value: u32) -> Result<()> {
        self.number(writer, |layout, writer| layout.write_u32(writer, value))
    }

    fn write_u64<W: ?Sized + Write>(&mut self, writer: &mut W, value: u64) -> Result<()> {
        self.number(writer, |layout, writer| layout.write_u64(writer, value))
    }

    fn write_i64<W: ?Sized + Write>(&mut self, writer: &mut W, value: i64) -> Result<()> {
        self.number(writer, |layout, writer| layout.write_i64(writer, value))
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> Result<()> {
        if self.in_key {
            self.key.push_str(fragment);
        }
        let mut rest = fragment;
        while let Some((at, hidden)) = rest.char_indices().find(|(_, one)| is_hidden(*one)) {
            let (shown, behind) = rest.split_at(at);
            self.layout.write_string_fragment(writer, shown)?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = behind.strip_prefix(hidden).unwrap_or_default();
        }
        self.layout.write_string_fragment(writer, rest)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.layout.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.layout.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.layout.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.layout.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.layout.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.layout.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        (self.in_key, self.is_amount) = (true, false);
        self.key.clear();
        self.layout.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.in_key = false;
        self.layout.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.is_amount = is_amount(&self.key);
        self.layout.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.is_amount = false;
        self.layout.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_text_and_everything_else_is_as_it_was() {
        let value = json!({
            "deposit_cap_lamports": u64::MAX,
            "fee_bps": 30,
            "least_lst": [1, 2],
            "lamports": 7,
            "micro\n_lamports": null,
            "slots": [{"lst": 1, "weight": 2}, 3],
            "alamports": 4,
        });
        assert_eq!(
            line(&value).unwrap(),
            r#"{"alamports":4,"deposit_cap_lamports":"18446744073709551615","fee_bps":30,"#
                .to_owned()
                + r#""lamports":"7","least_lst":["1","2"],"micro\n_lamports":null,"#
                + r#""slots":[{"lst":"1","weight":2},3]}"#
        );
    }

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_read_as_it_was() {
        let text = "a\u{1b}[2J\u{9b}2J\u{9b}\u{9b}\u{7f}b\u{202e}\u{e0041}c\"\n";
        let written = line(&json!({ text: [text] })).unwrap();
        assert!(!written.chars().any(is_hidden), "{written}");
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read, json!({ text: [text] }));
    }

    #[test]
    fn a_value_over_several_lines_is_indented() {
        let value = json!({"list": [1], "of": {"lst": 2}});
        let lines = "{\n  \"list\": [\n    1\n  ],\n  \"of\": {\n    \"lst\": \"2\"\n  }\n}";
        assert_eq!(pretty(&value).unwrap(), lines);
    }
}
