//! `api_tokens:`: people and tools that declare and update incidents.

use super::secrets::Secrets;
use super::section::{Section, texts};
use super::sources::is_name;
use super::tree::{Node, Value};
use crate::core::nearest::nearest;
use crate::core::role;
use crate::http::settings::ApiToken;

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
        let roles = section.require("roles", roles);
        let (Some(name), Some(token), Some(roles)) = (name, token, roles) else { continue };
        if tokens.iter().any(|other| other.name == name) {
            secrets.problems.add(&item.place, format!("`api_tokens`: {name:?} is there twice"));
        }
        // Who said something would depend on the order of this list.
        if let Some(other) = tokens.iter().find(|other| other.token == token) {
            let message = format!("`api_tokens`: {name:?} has the same token as {:?}", other.name);
            secrets.problems.add(&item.place, message);
        }
        tokens.push(ApiToken { name, token, roles });
    }
    tokens
}

/// Roles, as they are written everywhere. A policy may ask for roles of its own; one that is nearly
/// one of ours is a slip of the pen, and would be found when it matters most.
fn roles(node: &Node) -> Result<Vec<String>, String> {
    let mut roles = Vec::new();
    for word in texts(node)? {
        let name = role::name(&word);
        if !is_name(&name) {
            return Err(format!("{word:?} is not a role: letters, digits, `-` and `_`, at most 40"));
        }
        if !role::KNOWN.contains(&name.as_str())
            && let Some(near) = nearest(&name, role::KNOWN)
        {
            return Err(format!("{word:?} is not known; did you mean {near:?}?"));
        }
        roles.push(name);
    }
    if roles.is_empty() {
        return Err(format!("it is empty; known: {}", role::KNOWN.join(", ")));
    }
    Ok(roles)
}
