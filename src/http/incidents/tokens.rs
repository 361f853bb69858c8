//! Who is it? A bearer token, compared by its hash, in a time that depends on nothing.

use actix_web::http::header::HeaderMap;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use crate::core::event::Person;
use crate::http::settings::ApiToken;
use crate::http::webhooks::auth::credentials;

/// All tokens. Only their hashes are kept: of equal length, whatever the tokens'.
#[derive(Debug)]
pub(super) struct Tokens(Vec<([u8; 32], Person)>);

impl Tokens {
    pub(super) fn new(tokens: &[ApiToken]) -> Self {
        let known = |token: &ApiToken| {
            let person = Person { name: token.name.clone(), roles: token.roles.clone() };
            (Sha256::digest(token.token.expose()).into(), person)
        };
        // An empty token is a mistake in the configuration, not a password.
        Self(tokens.iter().filter(|token| !token.token.expose().is_empty()).map(known).collect())
    }

    /// Whose token it is, if it is anybody's. All are compared, whichever it is.
    pub(super) fn person(&self, headers: &HeaderMap) -> Option<Person> {
        let candidate: [u8; 32] = Sha256::digest(credentials(headers, "bearer")?.as_bytes()).into();
        let mut found = u64::MAX;
        for (place, (known, _)) in (0_u64..).zip(&self.0) {
            let same: Choice = known.ct_eq(&candidate);
            found.conditional_assign(&place, same);
        }
        let (_, person) = self.0.get(usize::try_from(found).ok()?)?;
        Some(person.clone())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{AUTHORIZATION, HeaderValue};

    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_token_is_somebodys_or_nobodys() {
        let token = |name: &str, token: &str| ApiToken {
            name: name.to_owned(),
            token: Secret::new(token),
            roles: vec!["responder".to_owned()],
        };
        let tokens = Tokens::new(&[token("a", "one"), token("b", "two"), token("c", "")]);
        let who = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_str(value).expect("a value"));
            tokens.person(&headers).map(|person| person.name)
        };
        assert_eq!(who("Bearer one").as_deref(), Some("a"));
        assert_eq!(who("bearer  two").as_deref(), Some("b"));
        for wrong in ["Bearer ", "Bearer", "Bearer onE", "Bearer one two", "Basic one", "one"] {
            assert_eq!(who(wrong), None, "{wrong}");
        }
        assert_eq!(tokens.person(&HeaderMap::new()), None);
        assert!(!format!("{tokens:?}").contains("one"));
    }
}
