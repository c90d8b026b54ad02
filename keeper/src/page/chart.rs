//! A small chart as inline SVG: a line through whole numbers, with its bounds in words.

use maud::{Markup, html};

/// Its size, in units of the drawing.
const WIDTH: i128 = 300;
const HEIGHT: i128 = 60;

/// What a chart shows.
pub struct Chart<'a> {
    /// What it is of.
    pub title: &'a str,
    /// What is said of it as a whole.
    pub said: &'a str,
    /// An epoch and its value, oldest first.
    pub points: &'a [(u64, i64)],
    /// A value in words.
    pub shown: fn(i64) -> String,
}

/// A line with a point for each value. Without a drawing where there are fewer than two.
pub fn line(chart: &Chart<'_>) -> Markup {
    let values: Vec<i64> = chart.points.iter().map(|(_, value)| *value).collect();
    let points = points(&values);
    let words = in_words(chart);
    html! {
        figure {
            figcaption { (chart.title) ": " strong { (chart.said) } }
            @if !points.is_empty() {
                svg viewBox=(format!("0 -2 {WIDTH} {}", HEIGHT + 4)) preserveAspectRatio="none" role="img" aria-label=(format!("{}: {words}", chart.title)) {
                    polyline points=(points) {}
                }
                small { (words) }
            }
        }
    }
}

/// `epoch 3 to 12, from 1.001 to 1.004, between 1.000 and 1.004`.
fn in_words(chart: &Chart<'_>) -> String {
    let (Some((from, first)), Some((to, last))) = (chart.points.first(), chart.points.last())
    else {
        return String::new();
    };
    let values = || chart.points.iter().map(|(_, value)| *value);
    let (least, most) = (
        values().min().unwrap_or(*first),
        values().max().unwrap_or(*last),
    );
    let shown = chart.shown;
    format!(
        "epochs {from} to {to}: from {} to {}, lowest {}, highest {}",
        shown(*first),
        shown(*last),
        shown(least),
        shown(most)
    )
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

    #[test]
    fn who_does_not_see_the_line_is_told_its_ends_and_bounds() {
        let chart = Chart {
            title: "Price",
            said: "2",
            points: &[(3, 1), (4, 3), (5, 2)],
            shown: |value| value.to_string(),
        };
        let words = "epochs 3 to 5: from 1 to 2, lowest 1, highest 3";
        assert_eq!(in_words(&chart), words);
        let drawn = line(&chart).into_string();
        let label = format!("aria-label=\"Price: {words}\"");
        assert!(drawn.contains(&label), "{drawn}");
    }
}
