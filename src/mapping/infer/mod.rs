//! Proposes a mapping from sample bodies: what stands where is guessed from names and values, and
//! every guess that has rivals says so. To be read, not to be trusted.

mod guess;
mod leaves;
mod schema;
mod write;

use serde_json::Value;

use guess::Guess;
use leaves::Leaves;

/// Most samples that are looked at.
pub const SAMPLES_MAX: usize = 200;

/// What is proposed.
#[derive(Debug)]
pub struct Proposal {
    /// The mapping's file.
    pub mapping: String,
    /// The JSON Schema's.
    pub schema: String,
}

/// Proposes a mapping for a tool called so, whose schema will lie in `schema_file`.
///
/// # Errors
/// In words, where the samples are nothing to begin with.
pub fn propose(tool: &str, schema_file: &str, samples: &[Value]) -> Result<Proposal, String> {
    let list = leaves::list(samples);
    let elements: Vec<&Value> = samples.iter().flat_map(|sample| leaves::elements(sample, &list)).collect();
    if elements.is_empty() {
        return Err("the samples hold nothing that an event could be made of".to_owned());
    }
    let leaves = Leaves::of(&elements);
    let guess = Guess::of(&leaves);
    if guess.id.is_empty() {
        return Err("nothing in the samples names an incident: no id, no key, no host, no title".to_owned());
    }
    Ok(Proposal {
        mapping: write::mapping(tool, schema_file, &list, &guess, &leaves),
        schema: schema::propose(tool, &list, &guess),
    })
}
