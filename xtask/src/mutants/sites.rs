//! The places of a source file that can be made wrong, and what to write there.
//!
//! All are switched by number: one build holds every mutant, and [`super::tree::awake`] wakes one.

use std::ops::Range;

use anyhow::{Context, Result};
use proc_macro2::Span;
use syn::{
    Attribute, BinOp, Block, Expr, ExprBinary, ExprCall, ExprUnary, ImplItemFn, ItemConst, ItemFn,
    ItemImpl, ItemMod, ItemStatic, Macro, ReturnType, Signature, Stmt, Token, Type, UnOp,
    parse_file,
    punctuated::Punctuated,
    spanned::Spanned,
    visit::{self, Visit},
};

type Parts = Punctuated<Expr, Token![,]>;

/// What is made wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A check holds always.
    Check,
    /// A comparison, a sum or a condition is another one.
    Operator,
    /// A condition is the opposite.
    Negation,
    /// A statement is not executed.
    Statement,
    /// A function returns at once.
    Function,
}

/// A text in place of a part of the source.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Which bytes are replaced; none for an insertion.
    pub range: Range<usize>,
    /// What stands there instead; `#` is the mutant's number.
    pub text: String,
    /// Whether it closes what another edit of the same mutant opens.
    pub is_closing: bool,
}

/// A mutant.
#[derive(Clone, Debug)]
pub struct Site {
    /// What is made wrong.
    pub kind: Kind,
    /// The line, from 1.
    pub line: usize,
    /// The source that is made wrong, in one line.
    pub what: String,
    /// How the source changes, so that the mutant can be switched on.
    pub edits: Vec<Edit>,
}

/// All mutants of a source file.
pub fn of_source(source: &str) -> Result<Vec<Site>> {
    let file = parse_file(source).context("the source is no Rust")?;
    let mut finder = Finder {
        source,
        sites: Vec::new(),
    };
    finder.visit_file(&file);
    Ok(finder.sites)
}

struct Finder<'s> {
    source: &'s str,
    sites: Vec<Site>,
}

impl Finder<'_> {
    fn add(&mut self, kind: Kind, span: Span, edits: Vec<Edit>) {
        let text = &self.source[span.byte_range()];
        let words: Vec<&str> = text.split_whitespace().collect();
        self.sites.push(Site {
            kind,
            line: span.start().line,
            what: words.join(" "),
            edits,
        });
    }

    /// A call of a check: `ensure_own` has one for each account, the others are one.
    fn check_call(&mut self, call: &ExprCall, name: &str) {
        if name != "ensure_own" {
            let edits = around(
                call.span(),
                "(if crate::removal::is(#) { Ok(()) } else { ",
                " })",
            );
            return self.add(Kind::Check, call.span(), edits);
        }
        let pairs = call.args.first().and_then(array).into_iter().flatten();
        for pair in pairs {
            if let Expr::Tuple(pair) = pair
                && let (Some(account), Some(expected)) = (pair.elems.first(), pair.elems.last())
            {
                let account = &self.source[account.span().byte_range()];
                let own = format!("crate::removal::own(#, {account}, ");
                self.add(Kind::Check, pair.span(), around(expected.span(), &own, ")"));
            }
        }
    }
}

/// The elements of `&[...]`.
fn array(expression: &Expr) -> Option<impl Iterator<Item = &Expr>> {
    let Expr::Reference(reference) = expression else {
        return None;
    };
    match reference.expr.as_ref() {
        Expr::Array(array) => Some(array.elems.iter()),
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    // What is computed while it is compiled cannot be switched.
    fn visit_item_const(&mut self, _: &'ast ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast ItemStatic) {}

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let name = item
            .trait_
            .as_ref()
            .and_then(|(_, path, _)| path.segments.last());
        if !name.is_some_and(|name| name.ident == "Debug" || name.ident == "Display") {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if function.sig.constness.is_none() && !is_for_tests(&function.attrs) {
            self.function(&function.sig, &function.block);
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if function.sig.constness.is_none() {
            self.function(&function.sig, &function.block);
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let Stmt::Expr(expression, Some(_)) = statement
            && is_work(expression)
        {
            let edits = around(statement.span(), "if !crate::removal::is(#) { ", " }");
            self.add(Kind::Statement, statement.span(), edits);
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        let is_ensure = called
            .path
            .segments
            .last()
            .is_some_and(|name| name.ident == "ensure");
        if is_ensure && let Some(first) = called.tokens.clone().into_iter().next() {
            let start = first.span().byte_range().start;
            let span = called.span();
            self.add(
                Kind::Check,
                span,
                vec![insertion(start, "crate::removal::is(#) || ")],
            );
            // What is compared within the check, too.
            if let Ok(parts) = called.parse_body_with(Parts::parse_terminated)
                && let Some(condition) = parts.first()
            {
                self.visit_expr(condition);
            }
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(path) = call.func.as_ref()
            && let Some(name) = path.path.segments.last().map(|name| name.ident.to_string())
            && ["ensure_is", "ensure_own", "ensure_named"].contains(&name.as_str())
        {
            self.check_call(call, &name);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        if let Some(function) = other_operator(&binary.op) {
            let mut edits = around(binary.span(), &format!("crate::removal::{function}"), ")");
            edits.insert(
                1,
                Edit {
                    range: binary.op.span().byte_range(),
                    text: if function.ends_with("&(") {
                        "), &("
                    } else {
                        ", || "
                    }
                    .to_owned(),
                    is_closing: false,
                },
            );
            if function.ends_with("&(") {
                edits[2].text = "))".to_owned();
            }
            self.add(Kind::Operator, binary.span(), edits);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast ExprUnary) {
        if matches!(unary.op, UnOp::Not(_)) {
            let edits = around(unary.span(), "(crate::removal::is(#) ^ ", ")");
            self.add(Kind::Negation, unary.span(), edits);
        }
        visit::visit_expr_unary(self, unary);
    }
}

impl Finder<'_> {
    /// A function that returns at once what says nothing.
    fn function(&mut self, signature: &Signature, block: &Block) {
        let start = block.brace_token.span.open().byte_range().end;
        for value in at_once(&signature.output) {
            let text = format!(" if crate::removal::is(#) {{ return {value}; }}");
            self.add(
                Kind::Function,
                signature.span(),
                vec![insertion(start, &text)],
            );
            if let Some(site) = self.sites.last_mut() {
                site.what = format!("{} -> {value}", site.what);
            }
        }
    }
}

fn at_once(output: &ReturnType) -> &'static [&'static str] {
    let ReturnType::Type(_, output) = output else {
        return &["()"];
    };
    let Type::Path(path) = output.as_ref() else {
        return &[];
    };
    let Some(last) = path.path.segments.last() else {
        return &[];
    };
    match last.ident.to_string().as_str() {
        "bool" => &["true", "false"],
        "Result" if last.arguments.span().byte_range().len() == "<()>".len() => &["Ok(())"],
        "Option" => &["None"],
        "u64" | "u32" | "u16" | "u8" => &["0"],
        _ => &[],
    }
}

/// Whether a statement does something: a call or an assignment.
fn is_work(expression: &Expr) -> bool {
    match expression {
        Expr::Try(tried) => is_work(&tried.expr),
        Expr::Call(_) | Expr::MethodCall(_) | Expr::Assign(_) => true,
        Expr::Binary(binary) => matches!(
            binary.op,
            BinOp::AddAssign(_) | BinOp::SubAssign(_) | BinOp::BitOrAssign(_)
        ),
        _ => false,
    }
}

/// The function of the switch that stands for an operator and another one.
fn other_operator(operator: &BinOp) -> Option<&'static str> {
    Some(match operator {
        BinOp::Eq(_) => "eq(#, &(",
        BinOp::Ne(_) => "ne(#, &(",
        BinOp::Lt(_) => "lt(#, &(",
        BinOp::Le(_) => "le(#, &(",
        BinOp::Gt(_) => "gt(#, &(",
        BinOp::Ge(_) => "ge(#, &(",
        BinOp::And(_) => "and(#, ",
        BinOp::Or(_) => "or(#, ",
        _ => return None,
    })
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let mut lists = attributes
        .iter()
        .filter_map(|attribute| attribute.meta.require_list().ok());
    lists.any(|list| list.path.is_ident("cfg") && list.tokens.to_string() == "test")
}

fn insertion(at: usize, text: &str) -> Edit {
    Edit {
        range: at..at,
        text: text.to_owned(),
        is_closing: false,
    }
}

fn around(span: Span, before: &str, after: &str) -> Vec<Edit> {
    let Range { start, end } = span.byte_range();
    let closing = Edit {
        is_closing: true,
        ..insertion(end, after)
    };
    vec![insertion(start, before), closing]
}
