//! The safe built-in text: what goes out where no template can be used. It is made of the same cut
//! fields as a template's words, by code that can't fail, and is kept so plain that it suits every
//! audience. Each line is escaped as a whole.

use serde_json::{Map, Value};

use super::notice::Notice;
use crate::core::fields::Field;
use crate::core::template::{Medium, Moment, Templates, Tongue, Words, clause, label, row, sentence, span, word};
use crate::core::vocabulary::{Kind, Lifecycle, Readers};

/// What a built-in text is made of.
pub(super) struct Material<'a> {
    /// Who is told what.
    pub(super) notice: &'a Notice,
    /// The fields, cut for this reader and language.
    pub(super) fields: &'a Map<String, Value>,
    /// Its language.
    pub(super) tongue: Tongue,
    /// For the hosts that need not be broken.
    pub(super) templates: &'a Templates,
    /// The reader's zone and date, in a time that stands for all.
    pub(super) now: Moment,
}

/// The lines of a text, plain; written for their medium at the end.
#[derive(Default)]
pub(super) struct Lines {
    paragraphs: Vec<String>,
    bullets: Vec<String>,
    closing: Vec<String>,
}

/// The built-in words for readers.
pub(super) fn words(material: &Material<'_>) -> Words {
    let notice = material.notice;
    let (headline, told) = headline(notice.kind, material.tongue);
    let names = material.names();
    let label = label(notice.kind, notice.sequence, material.tongue);
    let reference = material.text("public_reference").map(|text| format!("({text})")).unwrap_or_default();
    let ended = notice.kind.lifecycle() == Lifecycle::End;
    let symptom = material.text("symptom").filter(|_| !ended).map(|text| sentence(text, material.tongue));
    let symptom = symptom.unwrap_or_default();
    let (subject, short) = match material.tongue {
        Tongue::Japanese => {
            (format!("【{label}】{names}:{headline}{reference}"), format!("{names}:{headline}。{symptom}"))
        }
        Tongue::English => {
            (format!("[{label}] {names}: {headline} {reference}"), format!("{names}: {headline}. {symptom}"))
        }
    };
    let mut lines = Lines::default();
    lines.paragraphs.push(told.to_owned());
    material.facts(&mut lines);
    if notice.readers != Readers::Internal && notice.kind.lifecycle() != Lifecycle::After {
        lines.closing.push(material.tongue.pick("ご不便をおかけし、申し訳ございません。", "We are sorry for the inconvenience.").to_owned());
    }
    material.write(&subject, &short, lines)
}

impl Material<'_> {
    /// Words for all media from plain lines.
    pub(super) fn write(&self, subject: &str, short: &str, lines: Lines) -> Words {
        let hosts = self.templates.hosts();
        let written = |medium: Medium, text: &str| {
            let mut out = String::with_capacity(text.len() + 8);
            // Writing into a string does not fail.
            let _ = medium.write(text, hosts, &mut out);
            out
        };
        let mut blocks: Vec<String> = Vec::new();
        blocks.extend(lines.paragraphs.iter().map(|line| written(Medium::Markdown, line)));
        let bullets: Vec<_> = lines.bullets.iter().map(|line| format!("- {}", written(Medium::Markdown, line))).collect();
        if !bullets.is_empty() {
            blocks.push(bullets.join("\n"));
        }
        blocks.extend(lines.closing.iter().map(|line| written(Medium::Markdown, line)));
        let reference = self.text("public_reference").unwrap_or(&self.notice.thread_id);
        let thread = format!("{} {reference}", self.tongue.pick("障害のお知らせ", "Incident"));
        Words {
            subject: written(Medium::Plain, subject),
            thread_subject: written(Medium::Plain, &thread),
            short: written(Medium::Plain, short),
            body: blocks.join("\n\n"),
        }
    }

    /// A text field that this reader may see.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    /// A time field, written out.
    fn time(&self, name: &str) -> Option<String> {
        let at = self.text(name)?.parse().ok()?;
        let moment = Moment { at, ..self.now.clone() };
        Some(match self.tongue {
            Tongue::Japanese => format!("{}({})", moment.full(self.tongue), moment.zone_name(self.tongue)),
            Tongue::English => moment.full(self.tongue),
        })
    }

    fn names(&self) -> String {
        let services = self.fields.get("business_services").and_then(Value::as_array).map(Vec::as_slice);
        let names: Vec<_> = services
            .unwrap_or_default()
            .iter()
            .filter_map(|service| Some(service.get("name")?.as_str()?.to_owned()))
            .collect();
        if names.is_empty() { self.tongue.pick("サービス", "Our services").to_owned() } else { row(&names, 3, self.tongue) }
    }

    /// One bullet for each fact that this reader may see, in the order that readers need them.
    fn facts(&self, lines: &mut Lines) {
        let tongue = self.tongue;
        let mut add = |japanese: &str, english: &str, value: Option<String>| {
            let value = value.filter(|value| !value.is_empty());
            lines.bullets.extend(value.map(|value| format!("{}: {value}", tongue.pick(japanese, english))));
        };
        let said = |name: &str| self.text(name).map(|text| clause(text).to_owned());
        let worded = |name: &str| self.text(name).map(|text| word(text, tongue).unwrap_or(text).to_owned());
        // Of a false alarm there is nothing to tell; of what is over, only what it was.
        let kind = self.notice.kind;
        let ended = kind.lifecycle() == Lifecycle::End;
        if kind != Kind::Cancelled {
            add("事象", "What was noticed", said("symptom").filter(|_| ended));
            add("事象", "What is noticed", said("symptom").filter(|_| !ended));
            add("お客様影響", "Customer impact", worded("impact"));
            add("優先度", "Priority", said("priority"));
            add("状況", "Status", worded("stage").filter(|_| !ended));
            add("発生時刻", "Since", self.time("started_at"));
        }
        if kind == Kind::Resolved {
            let lasted = self.fields.get("duration").and_then(Value::as_i64);
            add("復旧時刻", "Ended", self.time("resolved_at"));
            add("継続時間", "Lasted", lasted.map(|seconds| span(seconds, tongue)));
            let unknown = || word("unknown", tongue).map(str::to_owned);
            let sees_data = self.notice.may_see.contains(Field::DataLoss);
            add("データの消失", "Data loss", worded("data_loss").or_else(unknown).filter(|_| sees_data));
        }
        if !ended {
            add("回避方法", "What you can do", said("workaround"));
            add("対応状況", "What is being done", said("action"));
            add("次回のお知らせ", "Next update by", self.time("next_update_by"));
        }
        add("お問い合わせ番号", "Reference", said("public_reference"));
    }
}

impl Lines {
    /// A paragraph before the bullets.
    pub(super) fn paragraph(&mut self, text: impl Into<String>) {
        self.paragraphs.push(text.into());
    }
    /// A bullet.
    pub(super) fn bullet(&mut self, text: impl Into<String>) {
        self.bullets.push(text.into());
    }
}

/// What the subject and the first sentence say.
fn headline(kind: Kind, tongue: Tongue) -> (&'static str, &'static str) {
    match kind {
        Kind::Opening => tongue.pick(
            ("障害が発生しています", "障害を確認し、対応を進めています。"),
            ("there is a problem", "There is a problem, and it is being worked on."),
        ),
        Kind::Upgraded => tongue.pick(
            ("影響が拡大しています", "影響が拡大しています。対応を続けています。"),
            ("it has become worse", "The problem has become worse. It is being worked on."),
        ),
        Kind::Downgraded => tongue.pick(
            ("影響が縮小しています", "影響が縮小しています。対応を続けています。"),
            ("it has become better", "The problem has become smaller. It is still being worked on."),
        ),
        Kind::StandDown => tongue.pick(
            ("影響はない見込みです", "今後、この障害による影響はない見込みです。終了しましたら、改めてお知らせします。"),
            ("no longer expected to affect you", "This problem is no longer expected to affect you. We will tell you when it is over."),
        ),
        Kind::Resolved => tongue.pick(
            ("復旧しました", "障害は復旧しました。"),
            ("it is over", "The problem is over."),
        ),
        Kind::Cancelled => tongue.pick(
            ("誤報でした", "先にお知らせした障害は、誤報でした。お知らせを取り消します。"),
            ("there was no problem", "What we told you before was a false alarm. Please disregard it."),
        ),
        Kind::Reopened => tongue.pick(
            ("再発しています", "復旧をお知らせした障害が再発し、対応を進めています。"),
            ("it is back", "The problem that we called over is back, and it is being worked on."),
        ),
        Kind::Merged => tongue.pick(
            ("別の障害とまとめて対応します", "この障害は、別の障害とまとめて対応します。終了は、その障害とあわせてお知らせします。"),
            ("handled together with another one", "This problem is now handled together with another one. You will be told when that one is over."),
        ),
        Kind::Correction => tongue.pick(
            ("前回のお知らせに誤りがありました", "前回のお知らせに誤りがありました。正しくは次のとおりです。"),
            ("our last message was wrong", "Something in our last message was wrong. This is right:"),
        ),
        Kind::FollowUp => tongue.pick(
            ("最終のご報告", "障害についての最終のご報告です。"),
            ("final report", "This is our final report on the problem."),
        ),
        _ => tongue.pick(
            ("状況のお知らせ", "現在の状況をお知らせします。対応を続けています。"),
            ("where it stands", "This is where the problem stands. It is being worked on."),
        ),
    }
}
