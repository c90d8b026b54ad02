//! What the token is called, and who may change that.

use super::{Authority, Kind, Place, Planning, TokenKey, Wanted};
use crate::TokenName;

impl Planning<'_> {
    /// Plans the token's name, and then who may change it.
    pub(super) fn token(&mut self, wanted: &Wanted) {
        let wish = &wanted.token;
        let named = [
            (TokenKey::Name, wish.name.is_some()),
            (TokenKey::Symbol, wish.symbol.is_some()),
            (TokenKey::Uri, wish.uri.is_some()),
            (TokenKey::UpdateAuthority, wish.update_authority.is_some()),
        ];
        let Some((first, _)) = named.iter().copied().find(|(_, is_named)| *is_named) else {
            return;
        };
        let view = self.view;
        let Some(token) = &view.token else {
            let why =
                "the pool's token has no name, and nobody can give it one: the mint is the pool's";
            return self.refuse(Place::Token(first), why);
        };
        let before = [token.name(), token.symbol(), token.uri()];
        let text = |wish: &Option<String>, now: &String| wish.clone().unwrap_or(now.clone());
        let after = TokenName::new(
            &text(&wish.name, &before[0]),
            &text(&wish.symbol, &before[1]),
            &text(&wish.uri, &before[2]),
        );
        let authority = Authority::UpdateAuthority(token.update_authority);
        let texts = &named[..3];
        let is_named = texts.iter().any(|(_, is_named)| *is_named);
        let hands_over = wish
            .update_authority
            .filter(|to| *to != token.update_authority);
        match after {
            Err(error) if is_named => {
                let why = error.to_string().trim_end_matches('.').to_owned();
                return self.refuse(Place::Token(first), why);
            }
            Ok(name) if is_named && !token.is_called(&name) => {
                self.change(Kind::Rename { before, name }, authority, None);
            }
            _ => {}
        }
        if let Some(to) = hands_over {
            let before = token.update_authority;
            self.change(Kind::HandOver { before, to }, authority, None);
        }
        let changes = self.plan.changes.iter();
        let is_changed = changes
            .rev()
            .any(|change| matches!(change.authority, Authority::UpdateAuthority(_)));
        if is_changed && !token.is_mutable {
            let why = "what this token is called was made final: nobody can change it";
            self.refuse(Place::Token(first), why);
        }
    }
}
