//! A small chart as inline SVG: a line through whole numbers.

use maud::{Markup, html};

/// Its size, in units of the drawing.
const WIDTH: i128 = 300;
const HEIGHT: i128 = 60;

/// A line with a point for each value, oldest first, under what `said` says of the last one. Nothing where
/// there are fewer than two values.
pub fn line(title: &str, said: &str, values: &[i64]) -> Markup {
    let points = points(values);
    html! {
        figure {
            figcaption { (title) ": " strong { (said) } }
            @if !points.is_empty() {
                svg viewBox=(format!("0 -2 {WIDTH} {}", HEIGHT + 4)) preserveAspectRatio="none" role="img" aria-label=(title) {
                    polyline points=(points) {}
                }
            }
        }
    }
}

/// Coordinates from the lower left corner; a line that rises and falls uses all of the height.
fn points(values: &[i64]) -> String {
    let bounds = values.iter().min().zip(values.iter().max());
    let (Some((least, most)), 2..) = (bounds, values.len()) else {
        return String::new();
    };
    let (least, most) = (i128::from(*least), i128::from(*most));
    let last = i128::try_from(values.len() - 1).unwrap_or(i128::MAX);
    let points = (0i128..).zip(values).map(|(index, value)| {
        let height = match most - least {
            0 => HEIGHT / 2,
            range => (i128::from(*value) - least) * HEIGHT / range,
        };
        format!("{},{}", index * WIDTH / last, HEIGHT - height)
    });
    points.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_from_left_to_right_and_uses_all_of_the_height() {
        assert_eq!(points(&[1, 3, 2]), "0,60 150,0 300,30");
        assert_eq!(points(&[i64::MIN, i64::MAX]), "0,60 300,0");
        assert_eq!(points(&[5, 5]), "0,30 300,30");
        assert_eq!(points(&[5]), "");
        assert_eq!(points(&[]), "");
    }
}
