//! A file that says everything that its schema knows, made from the schema.

use serde_json::{Map, Value, json};

/// Names for maps that a team fills; the first that the schema takes.
const NAMES: [&str; 2] = ["en", "executives"];

/// A map with closed keys: where it is in the sample, where in the schema, and what its keys are.
pub struct Closed {
    pub instance: String,
    pub schema: String,
    pub keys: Vec<String>,
}

/// The whole file, and every closed map of it, each place of the schema once.
pub fn whole(schema: &Value) -> (Value, Vec<Closed>) {
    let mut sampler = Sampler { root: schema, closed: Vec::new(), within: Vec::new() };
    let value = sampler.value(schema, "", "");
    (value, sampler.closed)
}

struct Sampler<'s> {
    root: &'s Value,
    closed: Vec<Closed>,
    /// The definitions that are being filled: within itself each has its example only.
    within: Vec<String>,
}

impl Sampler<'_> {
    fn value(&mut self, schema: &Value, instance: &str, place: &str) -> Value {
        if let Some(target) = schema["$ref"].as_str() {
            let pointer = target.trim_start_matches('#').to_owned();
            let definition = self.root.pointer(&pointer).unwrap_or_else(|| panic!("no {target}")).clone();
            if self.within.contains(&pointer) {
                return scalar(&definition, &types(&definition));
            }
            self.within.push(pointer.clone());
            let value = self.value(&definition, instance, &pointer);
            self.within.pop();
            return value;
        }
        let types = types(schema);
        // What holds maps is preferred.
        if types.contains(&"object") {
            return self.map(schema, instance, place);
        }
        if let Some(branches) = schema["anyOf"].as_array().filter(|_| types.is_empty()) {
            let (at, best) =
                branches.iter().enumerate().max_by_key(|(_, branch)| self.rank(branch)).expect("a branch");
            return self.value(&best.clone(), instance, &format!("{place}/anyOf/{at}"));
        }
        if types.contains(&"array") {
            let item = self.value(&schema["items"], &format!("{instance}/0"), &format!("{place}/items"));
            return Value::Array(vec![item]);
        }
        scalar(schema, &types)
    }

    /// Lists of maps before maps, maps before all else.
    fn rank(&self, schema: &Value) -> usize {
        if let Some(target) = schema["$ref"].as_str() {
            return self.rank(self.root.pointer(target.trim_start_matches('#')).unwrap());
        }
        match schema["type"].as_str() {
            Some("object") => 2,
            Some("array") => 1 + self.rank(&schema["items"]),
            _ => 0,
        }
    }

    fn map(&mut self, schema: &Value, instance: &str, place: &str) -> Value {
        let mut map = Map::new();
        let at = |key: &str| format!("{instance}/{}", key.replace('~', "~0").replace('/', "~1"));
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let value = self.value(property, &at(key), &format!("{place}/properties/{key}"));
            map.insert(key.clone(), value);
        }
        for (pattern, property) in schema["patternProperties"].as_object().into_iter().flatten() {
            assert_eq!(pattern, "^label\\..", "the only one so far");
            map.insert("label.x".to_owned(), self.value(property, &at("label.x"), place));
        }
        let closed = schema["additionalProperties"] == false;
        if closed && !self.closed.iter().any(|known| known.schema == place) {
            let keys = schema["properties"].as_object().unwrap().keys().cloned().collect();
            self.closed.push(Closed { instance: instance.to_owned(), schema: place.to_owned(), keys });
        }
        if schema["additionalProperties"].is_object() {
            let pattern =
                schema["propertyNames"]["pattern"].as_str().map(|text| regex::Regex::new(text).unwrap());
            let fits = |name: &&str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(name));
            let name = NAMES.into_iter().find(fits).expect("a name");
            let value = self.value(&schema["additionalProperties"], &at(name), &format!("{place}/*"));
            map.insert(name.to_owned(), value);
        }
        Value::Object(map)
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn scalar(schema: &Value, types: &[&str]) -> Value {
    let first = |list: &str| schema[list].as_array().and_then(|list| list.first()).cloned();
    if let Some(value) = schema.get("const").cloned().or_else(|| first("enum")).or_else(|| first("examples"))
    {
        return value;
    }
    match types.first().copied() {
        Some("boolean") => json!(true),
        Some("integer" | "number") => json!(1),
        _ => json!("executives"),
    }
}
