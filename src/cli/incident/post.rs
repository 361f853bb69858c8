//! Declare, update, release, approve: posted over the API, and what they are answered, for people.

use anyhow::Context as _;
use jiff::ZonedDateTime;
use serde_json::{Value, json};

use super::client::{Answer, Client, ServerArgs};
use super::{Approve, Declare, Release, Update, body, id_of};
use crate::cli::output::{Style, harmless, line};
use crate::cli::{Done, decision};
use crate::core::decision::DecisionRecord;
use crate::core::sources::api;
use crate::unique;

pub(super) fn declare(args: &Declare) -> anyhow::Result<Done> {
    let body = body::of(&args.said, &ZonedDateTime::now())?;
    post(&args.server, "/v1/incidents", args.key.as_deref(), &body, true)
}

pub(super) fn update(args: &Update) -> anyhow::Result<Done> {
    let body = body::of(&args.said, &ZonedDateTime::now())?;
    let path = format!("/v1/incidents/{}/updates", id_of(&args.incident)?);
    post(&args.server, &path, args.key.as_deref(), &body, false)
}

pub(super) fn release(args: &Release) -> anyhow::Result<Done> {
    let path = format!("/v1/incidents/{}/updates", id_of(&args.incident)?);
    post(&args.server, &path, None, &json!({"release": args.audience}), false)
}

pub(super) fn approve(args: &Approve) -> anyhow::Result<Done> {
    if !api::is_event_id(&args.update) {
        return Err(super::Usage(format!("{:?} is no update's id (e-…)", args.update)).into());
    }
    let path = format!("/v1/incidents/{}/updates/{}/approvals", id_of(&args.incident)?, args.update);
    post(&args.server, &path, None, &json!({"role": args.role}), false)
}

fn post(
    server: &ServerArgs,
    path: &str,
    key: Option<&str>,
    body: &Value,
    declares: bool,
) -> anyhow::Result<Done> {
    let made = unique::id();
    let key = key.unwrap_or(&made);
    let is_one = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_one {
        return Err(super::Usage(format!("--key {key:?}: visible characters only, no blanks")).into());
    }
    let answer = Client::new(server)?.post(path, key, body)?;
    if server.json {
        line(&answer.body.to_string())?;
    } else {
        say(&answer, key, declares)?;
    }
    Ok(if matches!(answer.status, 200..=299) { Done::Well } else { Done::Problems })
}

fn say(answer: &Answer, key: &str, declares: bool) -> anyhow::Result<()> {
    let style = Style::of_stdout();
    let text = |value: &Value| harmless(value.as_str().unwrap_or_default());
    let body = &answer.body;
    let event = &body["events"][0];
    match answer.status {
        200 => line(&format!("{} {}", style.green("done"), style.bold(&text(&event["incident"]))))?,
        202 => {
            line(&format!("{} {}", style.green("stored"), style.bold(&text(&event["incident"]))))?;
            line(&style.dim("  the router has not answered yet; `herald why` will say what came of it"))?;
        }
        status => {
            let title = body["title"].as_str().map_or_else(|| text(body), harmless);
            line(&format!("{} {title}", style.yellow(&status.to_string())))?;
            if let Some(detail) = body["detail"].as_str() {
                line(&format!("  {}", harmless(detail)))?;
            }
            if status == 503 {
                line(&format!("  try again with --key {key}: it is then the same"))?;
            }
        }
    }
    for problem in body["problems"].as_array().into_iter().flatten() {
        let pointer = problem["pointer"].as_str().filter(|pointer| !pointer.is_empty()).unwrap_or("-");
        line(&format!("  {}  {}", style.bold(&harmless(pointer)), text(&problem["message"])))?;
    }
    if let Some(id) = event["id"].as_str() {
        line(&style.dim(&format!("  update {}", harmless(id))))?;
        if declares {
            line(&style.dim(&format!("  its key is api/{}", harmless(key))))?;
        }
    }
    for warning in event["warnings"].as_array().into_iter().flatten() {
        line(&format!("  {} {}", style.yellow("warning"), text(warning)))?;
    }
    if let Some(decision) = body.get("decision") {
        let record: DecisionRecord =
            serde_json::from_value(decision.clone()).context("the answer's decision can't be read")?;
        // Its warnings were just told as the update's.
        line(&decision::whole(&DecisionRecord { warnings: Vec::new(), ..record }, &[], style))?;
    }
    Ok(())
}
