//! A source file with all of its mutants in it, asleep.

use super::sites::{Edit, Site};

/// The source in which each mutant can be woken by its number.
pub fn with_switches<'s>(source: &str, sites: impl Iterator<Item = (u32, &'s Site)>) -> String {
    let mut edits: Vec<(usize, u32, &Edit)> = sites
        .flat_map(|(number, site)| site.edits.iter().map(move |edit| (number, edit)))
        .enumerate()
        .map(|(order, (number, edit))| (order, number, edit))
        .collect();
    // At one place, what is open closes first, and what was opened last closes first of all.
    edits.sort_by_key(|(order, _, edit)| {
        let order = isize::try_from(*order).unwrap_or(isize::MAX);
        let nested = if edit.is_closing { -order } else { order };
        (edit.range.start, !edit.is_closing, nested)
    });
    let (mut rewritten, mut from) = (String::with_capacity(source.len() * 2), 0);
    for (_, number, edit) in edits {
        rewritten.push_str(&source[from..edit.range.start]);
        rewritten.push_str(&edit.text.replace('#', &number.to_string()));
        from = edit.range.end;
    }
    rewritten.push_str(&source[from..]);
    rewritten
}

#[cfg(test)]
mod tests {
    use super::{super::sites::of_source, *};

    fn rewritten(source: &str) -> String {
        let sites = of_source(source).unwrap();
        let numbered = (1..).zip(sites.iter());
        let rewritten = with_switches(source, numbered);
        syn::parse_file(&rewritten).expect("it is Rust");
        rewritten.replace("crate::removal::", "")
    }

    #[test]
    fn checks_operators_and_statements_nest() {
        let source = "fn f(a: u8) -> A { ensure!(a < 1, e); g(a == 2 && !b)?; x() }";
        let expected = "fn f(a: u8) -> A { ensure!(is(1) || lt(2, &(a), &(1)), e); \
            if !is(3) { g(and(4, eq(5, &(a), &(2)), || (is(6) ^ !b)))?; } x() }";
        let without_spaces = |text: &str| text.replace(' ', "");
        assert_eq!(without_spaces(&rewritten(source)), without_spaces(expected));
    }

    #[test]
    fn each_account_is_a_check() {
        let source =
            "fn f() -> Result<()> { ensure_own(&[(&a, &b), (&c, &d)])?; ensure_is(a, b, e) }";
        let expected = "fn f() -> Result<()> { if is(1) { return Ok(()); } \
            if !is(2) { ensure_own(&[(&a, own(3, &a, &b)), (&c, own(4, &c, &d))])?; } \
            (if is(5) { Ok(()) } else { ensure_is(a, b, e) }) }";
        assert_eq!(rewritten(source), expected);
    }

    #[test]
    fn what_is_constant_or_for_tests_stays() {
        let source = "const A: bool = 1 < 2; const fn f() -> bool { 1 < 2 } #[cfg(test)] mod t { fn g() { h(); } }";
        assert_eq!(rewritten(source), source);
    }
}
