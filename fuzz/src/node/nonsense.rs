//! A request that works, with nonsense in some places.

use arbitrary::Arbitrary;
use serde_json::{Value, json};

use super::requests::Requests;

/// A request by its number, and what is changed in it.
#[derive(Arbitrary, Debug)]
pub struct Changed {
    request: u8,
    changes: Vec<Change>,
}

#[derive(Arbitrary, Debug)]
struct Change {
    place: u8,
    what: What,
}

#[derive(Arbitrary, Debug)]
enum What {
    Nonsense(u8),
    Number(i64),
    Text(String),
    /// What stands in another place of another request.
    Of(u8, u8),
    More(u8),
    Less,
    /// Many times inside of itself.
    Nested(u8),
    Batch(u8),
}

/// A request of more bytes is changed no further: it is more than the server takes soon enough.
const ENOUGH_BYTES: usize = 50_000;
/// How deep a value is nested at most: less than a parser of JSON refuses.
const DEPTH: u8 = 120;

impl Changed {
    /// The request with its changes.
    pub fn of(&self, requests: &Requests) -> Value {
        let mut request = requests.get(self.request);
        for change in &self.changes {
            if request.to_string().len() > ENOUGH_BYTES {
                break;
            }
            change.make(requests, &mut request);
        }
        request
    }
}

impl Change {
    fn make(&self, requests: &Requests, request: &mut Value) {
        if let What::Batch(times) = self.what {
            *request = Value::Array(vec![request.clone(); usize::from(times)]);
            return;
        }
        let place = place(request, self.place);
        let was = place.take();
        *place = match &self.what {
            What::Nonsense(number) => nonsense(*number),
            What::Number(number) => json!(number),
            What::Text(text) => json!(text),
            What::Of(other, at) => self::place(&mut requests.get(*other), *at).take(),
            What::More(times) => json!(vec![was; usize::from(*times)]),
            What::Less => match was {
                Value::Array(mut list) => {
                    list.pop();
                    Value::Array(list)
                }
                Value::Object(fields) => Value::Object(fields.into_iter().skip(1).collect()),
                Value::String(text) => json!(text.chars().skip(1).collect::<String>()),
                other => other,
            },
            What::Nested(depth) => (0..depth % DEPTH).fold(was, |inner, _| json!([inner])),
            What::Batch(_) => was,
        };
    }
}

/// The place with this number, in the order in which the text has them.
fn place(value: &mut Value, number: u8) -> &mut Value {
    let count = count(value);
    nth(value, usize::from(number) % count)
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

fn nth(value: &mut Value, mut number: usize) -> &mut Value {
    if number == 0 || !(value.is_array() || value.is_object()) {
        return value;
    }
    number -= 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => Vec::new(),
    };
    for one in inner {
        let size = count(one);
        if number < size {
            return nth(one, number);
        }
        number -= size;
    }
    unreachable!("a place that was counted")
}

fn nonsense(number: u8) -> Value {
    match number % 18 {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(1),
        4 => json!(u64::MAX),
        5 => json!(i64::MIN),
        6 => json!(-1),
        7 => json!(1.5e300),
        8 => json!(u32::MAX),
        9 => json!(i64::MAX),
        10 => json!(""),
        11 => json!("1".repeat(100_000)),
        12 => json!([]),
        13 => json!({}),
        14 => json!("\u{1b}[2J\u{0}\u{202e}"),
        15 => json!("1111111111111111111111111111111111111111111111111111111111111111"),
        16 => json!(usize::MAX / 2),
        _ => json!("AAAA".repeat(20_000)),
    }
}
