//! Each message with its template, its approvals, and how it read before.

use jiff::Timestamp;

use super::course::{course, heading, with_nothing_known};
use super::{leads, own};
use crate::core::notification::{Content, Notice, choose, render};
use crate::core::policy::{Audience, Policy};
use crate::core::record::topics;
use crate::core::text::LocalText;
use crate::core::vocabulary::{Lead, Readers};
use crate::policy::approvals::{self, Approve, Recorded};
use crate::policy::{self, Diagnostics, Source};

/// All pages.
#[derive(Debug)]
pub struct Pack {
    /// The policy's version.
    pub policy: String,
    /// The version that it is held against.
    pub before: Option<String>,
    /// By audience in the policy's order, then by language; then those of the leads.
    pub pages: Vec<Page>,
}

/// The name by which the leads' pages are wanted.
pub const LEADS: &str = "leads";

/// Which pages are wanted; empty lists want all.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Names of audiences, and [`LEADS`].
    pub audiences: Vec<String>,
    /// Language tags.
    pub languages: Vec<String>,
}

/// One audience, or lead, in one language.
#[derive(Debug)]
pub struct Page {
    /// Its name in the policy; of a lead its topic.
    pub audience: String,
    /// What people call it.
    pub title: String,
    /// Who reads.
    pub readers: Readers,
    /// Who speaks.
    pub sender: String,
    /// Language tag.
    pub language: String,
    /// As the incident goes.
    pub messages: Vec<Message>,
    /// What the catalogue says to readers outside.
    pub texts: Vec<Text>,
}

/// One message.
#[derive(Debug)]
pub struct Message {
    /// What it is.
    pub heading: String,
    /// When its readers get it, in their zone.
    pub at: String,
    /// Its words.
    pub content: Content,
    /// Where they come from, as `herald approve` takes it; none: built in.
    pub template: Option<String>,
    /// One for each role that must approve the template.
    pub standings: Vec<Standing>,
    /// How it read in the policy before, where that is another text; an empty one where it is new.
    pub before: Option<Content>,
}

/// Words of the catalogue.
#[derive(Debug)]
pub struct Text {
    /// Where they stand, as `herald approve` takes it.
    pub address: String,
    /// The words.
    pub words: String,
    /// Those who have approved them.
    pub standings: Vec<Standing>,
    /// How they read before.
    pub before: Option<String>,
}

/// One role's word on a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The role.
    pub role: String,
    /// By whom and when, if it ever was approved.
    pub approved: Option<(String, Timestamp)>,
    /// Is that for the words as they are?
    pub is_current: bool,
}

/// The pack of a policy; `before`: as it was when it was approved last.
pub fn pack(source: &Source, before: Option<&Source>, wanted: &Wanted) -> Result<Pack, Diagnostics> {
    let policy = readable(source)?;
    let old = before.map(|before| Ok((before, readable(before)?))).transpose()?;
    let recorded = approvals::recorded(source)?;
    let mut pages = Vec::new();
    for audience in &policy.audiences {
        if !takes(&wanted.audiences, &audience.name) {
            continue;
        }
        let old_audience = old.as_ref().and_then(|(_, old)| Some((old, old.audience(&audience.name)?.1)));
        for language in audience.languages.iter().filter(|language| takes(&wanted.languages, language)) {
            let before = old_audience.map(|(old, audience)| messages(audience, old, language));
            let said = messages(audience, &policy, language);
            pages.push(Page {
                audience: audience.name.clone(),
                title: audience.title.get(language).unwrap_or(&audience.name).to_owned(),
                readers: audience.readers,
                sender: sender(audience, &policy),
                language: language.clone(),
                messages: held_against(said, before.as_deref(), &audience.template_approval, &recorded),
                texts: texts(source, old.as_ref().map(|(source, _)| *source), audience, language, &recorded),
            });
        }
    }
    if takes(&wanted.audiences, LEADS) {
        let old = old.as_ref().map(|(_, old)| old);
        for lead in [Lead::BusinessResponse, Lead::Communications] {
            pages.extend(of_lead(lead, &policy, old, &wanted.languages));
        }
    }
    Ok(Pack { policy: policy.version, before: old.map(|(_, old)| old.version), pages })
}

fn takes(wanted: &[String], one: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == one)
}

/// The pages of one lead, who reads the policy's languages and needs nobody's approval.
fn of_lead(lead: Lead, policy: &Policy, old: Option<&Policy>, wanted: &[String]) -> Vec<Page> {
    let Some(audience) = leads::owned(lead, policy) else { return Vec::new() };
    let page = |language: &String| {
        let before = old.and_then(|old| Some(lead_messages(leads::owned(lead, old)?, old, language)));
        let said = lead_messages(audience, policy, language);
        let (name, duty) = duty(lead, policy);
        Page {
            audience: format!("{}{lead}", topics::LEADS_PREFIX),
            title: format!("For the {name} lead"),
            readers: Readers::Internal,
            sender: format!("{}, to the {name} lead{duty}", policy.name),
            language: language.clone(),
            messages: held_against(said, before.as_deref(), &[], &[]),
            texts: Vec::new(),
        }
    };
    policy.languages.iter().filter(|language| takes(wanted, language)).map(page).collect()
}

fn lead_messages(audience: &Audience, policy: &Policy, language: &str) -> Vec<Said> {
    let all = leads::messages(audience, policy, language);
    all.filter_map(|notice| {
        let heading = heading(&notice).to_owned();
        said(notice, heading, policy, language)
    })
    .collect()
}

/// The policy with all approvals that it asks for, so that what still lacks one is shown too. The
/// version is that of the policy as it is.
fn readable(source: &Source) -> Result<Policy, Diagnostics> {
    let version = policy::rules(source)?.version;
    let wanted = approvals::wanted(source, &policy::audiences(source)?);
    let all: Vec<Approve<'_>> = wanted
        .iter()
        .map(|(target, role)| Approve { target, role, by: "preview", at: Timestamp::UNIX_EPOCH })
        .collect();
    let approved = source.clone().with("approvals.yaml", approvals::record(source, &all)?);
    Ok(Policy { version, ..policy::load(&approved)?.policy })
}

/// A message in one language.
struct Said {
    notice: Notice,
    heading: String,
    content: Content,
    template: Option<String>,
}

fn messages(audience: &Audience, policy: &Policy, language: &str) -> Vec<Said> {
    let unknown = (with_nothing_known(audience), "First report, with nothing known".to_owned());
    let course = course(audience).into_iter().map(|notice| {
        let heading = heading(&notice).to_owned();
        (own::told_of(notice, policy, language), heading)
    });
    let all = course.chain([unknown]);
    all.filter_map(|(notice, heading)| said(notice, heading, policy, language)).collect()
}

fn said(notice: Notice, heading: String, policy: &Policy, language: &str) -> Option<Said> {
    let notice = Notice { languages: vec![language.to_owned()], ..notice };
    let content = render(&notice, policy).notification.contents.into_iter().next()?;
    let template = choose(&notice, policy, language).template;
    let template = template.map(|template| format!("templates/{language}/{}", template.path()));
    Some(Said { notice, heading, content, template })
}

fn held_against(
    messages: Vec<Said>,
    before: Option<&[Said]>,
    roles: &[String],
    recorded: &[Recorded],
) -> Vec<Message> {
    let message = |said: Said| {
        let Said { notice, heading, content, template } = said;
        let same = |old: &&Said| old.heading == heading && old.notice.kind == notice.kind;
        let before = before.map(|before| {
            before.iter().find(same).map_or_else(|| nothing(&content), |old| old.content.clone())
        });
        let at = notice.decided_at.in_tz(&notice.time_zone);
        Message {
            at: at.map(|at| at.strftime("%Y-%m-%d %H:%M %Z").to_string()).unwrap_or_default(),
            standings: template.as_ref().map_or_else(Vec::new, |target| {
                roles.iter().map(|role| standing(target, role, recorded)).collect()
            }),
            before: before.filter(|before| !reads_alike(before, &content)),
            heading,
            template,
            content,
        }
    };
    messages.into_iter().map(message).collect()
}

fn nothing(content: &Content) -> Content {
    let none = String::new;
    let (subject, thread_subject, short, text, body) = (none(), none(), none(), none(), none());
    Content { subject, thread_subject, short, text, body, ..content.clone() }
}

fn reads_alike(one: &Content, other: &Content) -> bool {
    (&one.subject, &one.short, &one.body) == (&other.subject, &other.short, &other.body)
}

fn standing(target: &str, role: &str, recorded: &[Recorded]) -> Standing {
    let found = recorded.iter().find(|one| one.target == target && one.role == role);
    Standing {
        role: role.to_owned(),
        approved: found.map(|one| (one.by.clone(), one.at)),
        is_current: found.is_some_and(|one| one.is_current),
    }
}

/// What the catalogue says to readers outside, in this language.
fn texts(
    source: &Source,
    before: Option<&Source>,
    audience: &Audience,
    language: &str,
    recorded: &[Recorded],
) -> Vec<Text> {
    if audience.readers == Readers::Internal {
        return Vec::new();
    }
    let old = before.map(approvals::catalogue);
    let ends = format!(".{language}");
    let all = approvals::catalogue(source).into_iter().filter(|(address, _)| address.ends_with(&ends));
    let text = |(address, words): (String, String)| {
        let before = old.as_ref().map(|old| old.get(&address).cloned().unwrap_or_default());
        let roles = recorded.iter().filter(|one| one.target == address).map(|one| &one.role);
        Text {
            standings: roles.map(|role| standing(&address, role, recorded)).collect(),
            before: before.filter(|before| *before != words),
            address,
            words,
        }
    };
    all.map(text).collect()
}

/// Herald knows no addresses: it says who owns the words.
fn sender(audience: &Audience, policy: &Policy) -> String {
    let (lead, duty) = duty(audience.lead, policy);
    let title = LocalText::get(&audience.title, "en").unwrap_or(&audience.name);
    format!("{}, {lead} lead{duty}, to {title}", policy.name)
}

/// What a lead is called, and who is one where nobody else is.
fn duty(lead: Lead, policy: &Policy) -> (&'static str, String) {
    let (name, duty) = match lead {
        Lead::Communications => ("communications", &policy.leads.communications.default),
        Lead::BusinessResponse => ("business response", &policy.leads.business_response.default),
    };
    (name, if duty.is_empty() { String::new() } else { format!(" ({duty})") })
}
