//! The engine that renders templates: one environment for each language and medium, so that
//! filters and escaping know both without being told. It is closed: no loader, no globals, no
//! function, and of the engine's own filters only those below.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, filters, tests};

use super::escape::Medium;
use super::hosts::LinkHosts;
use super::moment::{Moment, span};
use super::words::{Tongue, capital, clause, number, row, sentence, word};
use crate::core::limits;
use crate::core::text::cut;

/// Most names in one row; the rest is counted.
const ROW_ITEMS_MAX: usize = 10;

/// Text that is already written for the medium: made only by filters of this module.
#[derive(Debug)]
struct Written(String);

impl minijinja::value::Object for Written {
    fn repr(self: &std::sync::Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Plain
    }
    fn render(self: &std::sync::Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An environment for one language and medium, without templates yet.
pub(super) fn make(language: &str, medium: Medium, hosts: &LinkHosts) -> Environment<'static> {
    let tongue = Tongue::of(language);
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_fuel(Some(limits::TEMPLATE_FUEL_MAX));
    env.set_recursion_limit(64);
    // A tag alone on its line leaves no line behind.
    // With the default delimiters this can't fail; if it did, there would be blank lines.
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default());
    let printed = hosts.clone();
    env.set_formatter(move |out, _, value| {
        if let Some(written) = value.downcast_object_ref::<Written>() {
            return out.write_str(&written.0).map_err(Error::from);
        }
        match value.as_str() {
            Some(text) => medium.write(text, &printed, out),
            None if value.is_undefined() => Ok(()),
            None => medium.write(&value.to_string(), &printed, out),
        }
        .map_err(Error::from)
    });
    add_filters(&mut env, tongue);
    add_written(&mut env, medium, hosts);
    env.add_filter("default", filters::default);
    env.add_filter("length", filters::length);
    env.add_filter("lower", filters::lower);
    env.add_filter("upper", filters::upper);
    env.add_test("defined", tests::is_defined);
    env
}

fn wrong(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

fn moment(value: &Value) -> Result<&Moment, Error> {
    value.downcast_object_ref::<Moment>().ok_or_else(|| wrong("this is no time"))
}

fn seconds(value: &Value) -> Result<i64, Error> {
    value.as_i64().ok_or_else(|| wrong("`span` wants a length of time in seconds"))
}

fn add_filters(env: &mut Environment<'static>, tongue: Tongue) {
    env.add_filter("words", move |value: &Value| -> Value {
        value.as_str().and_then(|text| word(text, tongue)).map_or_else(|| value.clone(), Value::from)
    });
    env.add_filter("names", move |value: &Value| -> Result<String, Error> {
        Ok(row(&names(value)?, ROW_ITEMS_MAX, tongue))
    });
    env.add_filter("clock", move |value: &Value| moment(value).map(|at| at.clock(tongue)));
    env.add_filter("moment", move |value: &Value| moment(value).map(|at| at.full(tongue)));
    env.add_filter("time", move |value: &Value| moment(value).map(|at| at.time(tongue)));
    env.add_filter("zone", move |value: &Value| moment(value).map(|at| at.zone_name(tongue)));
    env.add_filter("span", move |value: &Value| seconds(value).map(|seconds| span(seconds, tongue)));
    env.add_filter("percent", |value: &Value| -> Result<String, Error> {
        let share = f64::try_from(value.clone()).map_err(|_| wrong("`percent` wants a number"))?;
        Ok(format!("{}%", (share * 10.0).round() / 10.0))
    });
    env.add_filter("number", |value: &Value| -> Result<String, Error> {
        u64::try_from(value.clone()).map(number).map_err(|_| wrong("`number` wants a whole number"))
    });
    env.add_filter("sentence", move |text: &str| sentence(text, tongue));
    env.add_filter("clause", |text: &str| clause(text).to_owned());
    env.add_filter("capital", |text: &str| capital(text));
    env.add_filter("cut", |text: &str, chars_max: usize| match cut(text, chars_max.saturating_sub(1)) {
        (start, true) if cut(text, chars_max).1 => format!("{}…", start.trim_end()),
        _ => text.to_owned(),
    });
}

/// The filters whose result is not escaped again.
fn add_written(env: &mut Environment<'static>, medium: Medium, hosts: &LinkHosts) {
    let own = hosts.clone();
    env.add_filter("paragraph", move |text: &str| -> Result<Value, Error> {
        let mut out = String::with_capacity(text.len() + 16);
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            if !out.is_empty() {
                out.push_str(if medium == Medium::Markdown { "\\\n" } else { " " });
            }
            medium.write(line, &own, &mut out)?;
        }
        Ok(Value::from_object(Written(out)))
    });
    let own = hosts.clone();
    env.add_filter("link", move |value: &Value| -> Result<Value, Error> {
        let part = |name: &str| value.get_attr(name).ok().filter(|part| !part.is_undefined());
        let href = part("href").or_else(|| part("url"));
        let text = part("text").or_else(|| part("name")).or_else(|| part("rel"));
        let (href, text) = (href.as_ref().and_then(Value::as_str), text.as_ref().and_then(Value::as_str));
        let mut out = String::new();
        match (medium, href, href.and_then(|href| own.link_target(href))) {
            (Medium::Markdown, _, Some(target)) => {
                out.push('[');
                medium.write(text.unwrap_or("link"), &own, &mut out)?;
                out.push_str("](");
                out.push_str(&target);
                out.push(')');
            }
            (_, Some(href), _) => {
                if let Some(text) = text {
                    medium.write(text, &own, &mut out)?;
                    out.push_str(": ");
                }
                medium.write(href, &own, &mut out)?;
            }
            (_, None, _) => medium.write(text.unwrap_or_default(), &own, &mut out)?,
        }
        Ok(Value::from_object(Written(out)))
    });
}

/// The names of a list of texts, or of things with a name or an id.
fn names(value: &Value) -> Result<Vec<String>, Error> {
    let mut names = Vec::with_capacity(value.len().unwrap_or(1));
    for item in value.try_iter()? {
        if let Some(text) = item.as_str() {
            names.push(text.to_owned());
            continue;
        }
        let named = ["name", "text", "id", "href"]
            .into_iter()
            .find_map(|key| item.get_attr(key).ok().and_then(|part| part.as_str().map(str::to_owned)));
        names.extend(named);
    }
    Ok(names)
}
