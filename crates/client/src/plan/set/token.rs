//! What the token is called, and who may change that.

use super::{Authority, Kind, Place, Planning, TokenKey, Wanted};
use crate::{TokenMetadata, TokenName};

/// What is wished of each text.
type Texts<'a> = [(TokenKey, Option<&'a str>); 3];

impl Planning<'_> {
    /// Plans the token's name, and then who may change it.
    pub(super) fn token(&mut self, wanted: &Wanted) {
        let wish = &wanted.token;
        let texts = [
            (TokenKey::Name, wish.name.as_deref()),
            (TokenKey::Symbol, wish.symbol.as_deref()),
            (TokenKey::Uri, wish.uri.as_deref()),
        ];
        let named = texts.iter().find(|(_, text)| text.is_some());
        let handed = wish.update_authority.map(|_| TokenKey::UpdateAuthority);
        let Some(first) = named.map(|(key, _)| *key).or(handed) else {
            return;
        };
        let view = self.view;
        let Some(token) = &view.token else {
            let why =
                "the pool's token has no name, and nobody can give it one: the mint is the pool's";
            return self.refuse(Place::Token(first), why);
        };
        let authority = Authority::UpdateAuthority(token.update_authority);
        let renaming = match renaming(token, &texts) {
            Ok(renaming) => renaming,
            Err((key, why)) => return self.refuse(Place::Token(key), why),
        };
        let before = token.update_authority;
        let to = wish.update_authority.filter(|to| *to != before);
        let handing_over = to.map(|to| Kind::HandOver { before, to });
        let is_changed = renaming.is_some() || handing_over.is_some();
        for kind in renaming.into_iter().chain(handing_over) {
            self.change(kind, authority, None);
        }
        if is_changed && !token.is_mutable {
            let why = "what this token is called was made final: nobody can change it";
            self.refuse(Place::Token(first), why);
        }
    }
}

/// The change of name that is wished; none where the token is called so already.
///
/// All three texts are written, and what the wish leaves out must stay. So it fails where that has
/// characters that cannot be shown, and where a text cannot be.
fn renaming(token: &TokenMetadata, texts: &Texts<'_>) -> Result<Option<Kind>, (TokenKey, String)> {
    let before = [token.name(), token.symbol(), token.uri()];
    let hidden: Vec<&str> = token.not_shown().collect();
    let is_hidden = |key: TokenKey| hidden.contains(&key.to_string().as_str());
    let mut each = texts.iter().zip(&before);
    let is_changed = each.any(|((key, text), before)| {
        text.is_some_and(|text| text != before.as_str() || is_hidden(*key))
    });
    if !is_changed {
        return Ok(None);
    }
    let mut left_out = texts.iter().filter(|(_, text)| text.is_none());
    if let Some((key, _)) = left_out.find(|(key, _)| is_hidden(*key)) {
        let why = "it has characters that cannot be shown, and is written with the others: give another one";
        return Err((*key, why.to_owned()));
    }
    let [name, symbol, uri] = std::array::from_fn(|index| {
        let wish = texts.get(index).and_then(|(_, text)| *text);
        wish.or_else(|| before.get(index).map(String::as_str))
            .unwrap_or_default()
    });
    let first = texts.iter().find(|(_, text)| text.is_some());
    let first = first.map_or(TokenKey::Name, |(key, _)| *key);
    match TokenName::new(name, symbol, uri) {
        Ok(name) => Ok(Some(Kind::Rename { before, name })),
        Err(error) => Err((first, error.to_string().trim_end_matches('.').to_owned())),
    }
}
