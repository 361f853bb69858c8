//! `api_tokens:`: people and tools that declare and update incidents.

use super::auth::Secrets;
use super::section::{Section, texts};
use super::sources::is_name;
use super::tree::{Node, Value};
use crate::secret::Secret;

/// One token of the API.
#[derive(Debug, Clone)]
pub struct ApiToken {
    /// Who uses it.
    pub name: String,
    /// The token.
    pub token: Secret,
    /// What its owner may do.
    pub roles: Vec<String>,
}

pub(super) fn read(node: Option<&Node>, secrets: &Secrets<'_>) -> Vec<ApiToken> {
    let Some(node) = node else { return Vec::new() };
    let Value::List(items) = &node.value else {
        secrets.problems.add(&node.place, format!("`api_tokens` is a list, not {}", node.value.what()));
        return Vec::new();
    };
    let mut tokens: Vec<ApiToken> = Vec::new();
    for item in items {
        let section = Section::at(item, "api_tokens[]".to_owned(), secrets.problems);
        let name = section.require("name", |node| {
            let name = super::section::some_text(node)?;
            if is_name(&name) { Ok(name) } else { Err(format!("{name:?} is not a name")) }
        });
        let token = secrets.one(&section, "token");
        if token.is_none() && section.get("token_file").is_none() && section.get("token_env").is_none() {
            secrets.problems.add(&item.place, "`api_tokens[]` wants token_file or token_env");
        }
        let roles = section.require("roles", texts);
        let (Some(name), Some(token), Some(roles)) = (name, token, roles) else { continue };
        if tokens.iter().any(|other| other.name == name) {
            secrets.problems.add(&item.place, format!("`api_tokens`: {name:?} is there twice"));
        }
        tokens.push(ApiToken { name, token, roles });
    }
    tokens
}
