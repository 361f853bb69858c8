//! Test bodies of a mapping: what must come of each, and what does.

mod compare;
mod write;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Map, Value};

pub use compare::Difference;
pub(in crate::mapping) use write::scalar;

use super::{file, outline, read_text, whole};
use crate::core::ids;
use crate::core::sources::mapping::Mapping;
use crate::core::sources::{Delivery, Read, Reader};
use crate::core::vocabulary::AuthKind;
use crate::policy::problems::{Cx, Names, Problems, suggest};
use crate::policy::read::Map as YamlMap;
use crate::policy::tree::{self, Node, Value as Yaml};
use crate::policy::{Diagnostics, Source};

/// Later than every time of a test body: none of them is in the future.
const RECEIVED_AT_SECOND: i64 = 4_102_444_800;
/// Most events of one test body.
const PARTS_MAX: usize = 1_000;
/// Most test bodies of one mapping.
const CASES_MAX: usize = 1_000;
/// Largest test body.
const BODY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// What `expect` says where no event is made.
const NOTHING: &str = "nothing";

/// The test bodies of one mapping.
#[derive(Debug)]
pub struct Cases {
    /// The file that they are in.
    pub file: PathBuf,
    /// Does that file hold nothing else, so that it can be written anew?
    pub own_file: bool,
    /// Each of them.
    pub list: Vec<Case>,
}

/// One test body.
#[derive(Debug)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Its file, as it is named.
    pub body: String,
    /// Headers of the delivery, names in lower case.
    pub headers: Vec<(String, String)>,
    /// `application/json` where nothing else is said.
    pub content_type: Option<String>,
    /// What must come of it; none: not said yet.
    pub expect: Option<Expect>,
}

/// What must come of a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Expect {
    /// Events, in order, with the fields that are named.
    Events(Vec<Map<String, Value>>),
    /// No event.
    Nothing,
    /// It is rejected, for this reason.
    Rejected(String),
}

/// What came of a body, and where that differs.
#[derive(Debug)]
pub struct Outcome {
    /// All that came of it.
    pub found: Expect,
    /// Problems of a rejected body, as `pointer: message`.
    pub problems: Vec<String>,
    /// Where it is not as it must be.
    pub differences: Vec<Difference>,
}

/// Where tests of a mapping lie that are not in its own file.
pub fn file_beside(mapping: &Path) -> PathBuf {
    mapping.with_extension("test.yaml")
}

/// The test bodies of a mapping, in its own file or beside it; none where there are none.
///
/// # Errors
/// Everything that is wrong with them.
pub fn load(mapping: &Path) -> Result<Option<Cases>, Diagnostics> {
    let beside = file_beside(mapping);
    let (path, own_file) = if beside.is_file() { (beside, true) } else { (mapping.to_owned(), false) };
    let shown = path.display().to_string();
    let text = read_text(&path).map_err(|message| Diagnostics(vec![whole(&shown, message)]))?;
    let source = Source::from_files([(shown.as_str(), text.as_str())]);
    let problems = Problems::new(&source);
    let names = Names::default();
    let cx = Cx { file: &shown, problems: &problems, names: &names };
    let list = match tree::parse(&text) {
        Ok(root) if own_file => {
            let map = YamlMap::of(cx, &root, "a file of tests", &["tests"]);
            map.and_then(|map| Some(cases(cx, map.need("tests")?)))
        }
        Ok(root) if file::has_tests(&root) => root.get("tests").map(|node| cases(cx, node)),
        Ok(_) => None,
        Err((at, message)) => {
            cx.error(at, message);
            None
        }
    };
    if problems.errors() > 0 {
        return Err(Diagnostics(problems.into_sorted()));
    }
    Ok(list.map(|list| Cases { file: path, own_file, list }))
}

fn cases(cx: Cx<'_>, node: &Node) -> Vec<Case> {
    let items = cx.items(node, "tests");
    if items.len() > CASES_MAX {
        cx.error(node.at, format!("there are more than {CASES_MAX} tests"));
    }
    items.iter().take(CASES_MAX).filter_map(|item| case(cx, item)).collect()
}

fn case(cx: Cx<'_>, node: &Node) -> Option<Case> {
    let map = YamlMap::of(cx, node, "a test", &["name", "body", "headers", "content_type", "expect"])?;
    let body = map.need("body").and_then(|node| cx.text(node));
    let text = |name: &str| map.get(name).and_then(|node| cx.text(node));
    let headers = map.get("headers").and_then(|node| cx.entries(node, "headers by name")).unwrap_or_default();
    let header = |(key, node): &(tree::Key, Node)| Some((key.name.to_ascii_lowercase(), cx.text(node)?));
    Some(Case {
        name: text("name").or_else(|| body.clone())?,
        body: body?,
        headers: headers.iter().filter_map(header).collect(),
        content_type: text("content_type"),
        expect: map.get("expect").and_then(|node| expect(cx, node)),
    })
}

fn expect(cx: Cx<'_>, node: &Node) -> Option<Expect> {
    match &node.value {
        Yaml::Text(word) if word == NOTHING => Some(Expect::Nothing),
        Yaml::Map(entries) if entries.iter().any(|(key, _)| key.name == "rejected") => {
            let map = YamlMap::of(cx, node, "a rejection", &["rejected"])?;
            cx.text(map.get("rejected")?).map(Expect::Rejected)
        }
        Yaml::Map(_) => Some(Expect::Events(vec![fields(cx, node)?])),
        Yaml::List(items) => {
            let events: Vec<_> = items.iter().map(|item| fields(cx, item)).collect();
            Some(Expect::Events(events.into_iter().collect::<Option<_>>()?))
        }
        _ => {
            cx.wrong(node, "the fields of an event, a list of them, `nothing`, or { rejected: REASON }");
            None
        }
    }
}

fn fields(cx: Cx<'_>, node: &Node) -> Option<Map<String, Value>> {
    let entries = cx.entries(node, "fields of an event")?;
    let mut fields = Map::new();
    for (key, node) in entries {
        let known = || outline::NAMES.into_iter().chain(["partial", "warnings"]);
        if !known().any(|name| name == key.name) {
            let help = suggest(&key.name, known()).unwrap_or_default();
            cx.error_help(key.at, format!("an event has no `{}`", key.name), help);
        }
        fields.insert(key.name.clone(), node.json());
    }
    Some(fields)
}

impl Cases {
    /// For a mapping that has no tests yet: the bodies beside it, or in `bodies/`, whose names begin
    /// as its own does.
    pub fn found_beside(mapping: &Path) -> Self {
        let folder = mapping.parent().unwrap_or_else(|| Path::new(""));
        let stem = mapping.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut list = Vec::new();
        for prefix in ["", "bodies/"] {
            let Ok(entries) = fs::read_dir(folder.join(prefix)) else { continue };
            let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
            let own = |name: &String| {
                name.starts_with(&format!("{stem}-"))
                    && ![".yaml", ".schema.json"].iter().any(|end| name.ends_with(end))
            };
            let mut names: Vec<String> = names.filter(own).take(CASES_MAX).collect();
            names.sort();
            list.extend(names.into_iter().map(|name| {
                let what = name.split('.').next().unwrap_or_default();
                let what = what.strip_prefix(&format!("{stem}-")).unwrap_or(what).replace('-', " ");
                let content_type = Path::new(&name)
                    .extension()
                    .is_some_and(|end| end == "form")
                    .then(|| "application/x-www-form-urlencoded".to_owned());
                Case {
                    name: what,
                    body: format!("{prefix}{name}"),
                    headers: Vec::new(),
                    content_type,
                    expect: None,
                }
            }));
        }
        Self { file: file_beside(mapping), own_file: true, list }
    }

    /// Runs one of them.
    ///
    /// # Errors
    /// In words, where its body can't be read.
    pub fn run(&self, mapping: &std::sync::Arc<Mapping>, case: &Case) -> Result<Outcome, String> {
        let path = self.file.parent().unwrap_or_else(|| Path::new("")).join(&case.body);
        let size = fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?.len();
        if size > BODY_BYTES_MAX {
            return Err(format!("{} is larger than {BODY_BYTES_MAX} bytes", path.display()));
        }
        let body = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let (found, problems) = run(mapping, case, &body);
        let differences =
            case.expect.as_ref().map(|expect| compare::differences(expect, &found)).unwrap_or_default();
        Ok(Outcome { found, problems, differences })
    }

    /// Writes the file anew, with what comes of each body now.
    ///
    /// # Errors
    /// In words, where that can't be done.
    pub fn write(&self, outcomes: &[Expect]) -> Result<(), String> {
        write::file(self, outcomes)
    }
}

/// What comes of a body.
fn run(mapping: &std::sync::Arc<Mapping>, case: &Case, body: &[u8]) -> (Expect, Vec<String>) {
    let reader = Reader::Mapping(std::sync::Arc::clone(mapping));
    let read = reader.read(&Delivery {
        source: "test",
        headers: &case.headers,
        content_type: case.content_type.as_deref().unwrap_or("application/json"),
        body,
        body_sha256: &ids::body_sha256(body),
        received_at: Timestamp::from_second(RECEIVED_AT_SECOND).unwrap_or_default(),
        auth: AuthKind::None,
        key_id: None,
        parts_max: PARTS_MAX,
    });
    match read {
        Read::Events(events) => (Expect::Events(events.iter().map(outline::of).collect()), Vec::new()),
        Read::Handshake(_) => (Expect::Nothing, Vec::new()),
        Read::Rejected { reason, problems } => {
            let problems = problems.iter().map(|problem| format!("{}: {}", problem.pointer, problem.message));
            (Expect::Rejected(reason.to_owned()), problems.collect())
        }
    }
}
