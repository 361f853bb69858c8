//! Jira's webhooks: an issue, what happened to it, and comments on it.

mod event;
mod issue;
mod status;
mod text;

pub(super) use event::read as read_issue;

use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build;
use crate::core::sources::reader::Warnings;
use crate::core::sources::relay;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "jira",
    title: "Jira",
    schema: include_str!("../../../../../schemas/jira.json"),
    parse: body::templated,
    read,
    headers: &["x-atlassian-webhook-identifier"],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Jira's webhooks, Cloud and Data Center, and the issue that a rule of Jira Automation posts: one incident for each issue.",
        setup: &[
            "In Jira open **Settings → System → WebHooks → Create a WebHook**. URL: `{url}`.",
            "Give a JQL filter for the issues that are incidents, for instance `project = OPS AND issuetype = Incident`: without one every issue would be one.",
            "Choose **Issue** created, updated and deleted, and **Comment** created.",
            "Give a **Secret**, and the same in the file of the source's `auth`.",
            "Jira Automation instead: the action **Send web request** with the body **Issue data (Automation format)**, and a header `Authorization: Bearer …`.",
        ],
        auth: "{ scheme: github, secret_file: /run/secrets/jira }",
        reads: &[
            ("issue.id, issue.key", "the incident, and the number that people use"),
            ("webhookEvent, changelog", "what happened"),
            ("issue.fields.status, its statusCategory", "the stage"),
            ("issue.fields.summary, description", "title and description, for engineers"),
            ("issue.fields.priority", "the priority: Highest to Lowest and Blocker to Trivial are P1 to P5"),
            ("issue.fields.assignee, reporter, components, labels", "people, services and labels"),
            ("issue.fields.security", "an issue with a security level is private"),
            ("comment", "a note, for engineers"),
            ("timestamp", "when it changed"),
        ],
        means: &[
            ("a status of category To Do", "triggered"),
            ("a status of category In Progress", "acknowledged, or what its name says"),
            ("a status of category Done", "resolved, closed or cancelled, by its name"),
            ("from Done back to another category", "reopened"),
            ("issue deleted", "cancelled; closed, where it was done"),
        ],
        not_said: &[
            "Customer impact: what a custom field means is not in the body.",
            "People's e-mail addresses are not kept.",
        ],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    match relay::open(body, &mut warnings) {
        Some(opened) => read_issue(SourceKind::Jira, delivery, &opened, warnings),
        None => build::rejected("schema", "", "an object is expected"),
    }
}
