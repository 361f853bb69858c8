//! The safe built-in text: what goes out where no template can be used. It is made of the same cut
//! fields as a template's words, by code that can't fail, and is kept so plain that it suits every
//! audience. Each line is escaped as a whole.

use serde_json::{Map, Value};

use super::notice::Notice;
use crate::core::fields::Field;
use crate::core::template::{
    Medium, Moment, Templates, Tongue, Words, clause, label, row, sentence, span, word,
};
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
struct Lines {
    told: &'static str,
    facts: Vec<String>,
    closing: &'static str,
}

/// The built-in words for readers.
pub(super) fn words(material: &Material<'_>) -> Words {
    let notice = material.notice;
    let (headline, told) = headline(notice, material.tongue);
    let names = material.names();
    let label = label(notice, material.tongue);
    let reference = material.reference().map(|text| format!("({text})")).unwrap_or_default();
    let ended = notice.kind.lifecycle() == Lifecycle::End;
    let symptom = material.text("symptom").filter(|_| !ended && notice.new_information);
    let symptom = symptom.map(|text| sentence(text, material.tongue));
    let symptom = symptom.unwrap_or_default();
    let (subject, short) = match material.tongue {
        Tongue::Japanese => {
            (format!("【{label}】{names}:{headline}{reference}"), format!("{names}:{headline}。{symptom}"))
        }
        Tongue::English => {
            (format!("[{label}] {names}: {headline} {reference}"), format!("{names}: {headline}. {symptom}"))
        }
    };
    let sorry = notice.readers != Readers::Internal && notice.kind.lifecycle() != Lifecycle::After;
    let sorry = if sorry {
        material.tongue.pick("ご不便をおかけし、申し訳ございません。", "We are sorry for the inconvenience.")
    } else {
        ""
    };
    material.write(&subject, &short, &Lines { told, facts: material.facts(), closing: sorry })
}

impl Material<'_> {
    /// Words for all media from plain lines.
    fn write(&self, subject: &str, short: &str, lines: &Lines) -> Words {
        let bullets = lines.facts.iter().map(|line| format!("- {}", self.written(Medium::Markdown, line)));
        let mut blocks =
            vec![self.written(Medium::Markdown, lines.told), bullets.collect::<Vec<_>>().join("\n")];
        blocks.push(self.written(Medium::Markdown, lines.closing));
        blocks.retain(|block| !block.is_empty());
        let reference = self.reference().unwrap_or(&self.notice.thread_id);
        let thread = format!("{} {reference}", self.tongue.pick("障害のお知らせ", "Incident"));
        Words {
            subject: self.written(Medium::Plain, subject),
            thread_subject: self.written(Medium::Plain, &thread),
            short: self.written(Medium::Plain, short),
            body: blocks.join("\n\n"),
        }
    }

    /// A plain line, escaped for where it stands.
    pub(super) fn written(&self, medium: Medium, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 8);
        // Writing into a string does not fail.
        let _ = medium.write(text, self.templates.hosts(), &mut out);
        out
    }

    /// The reference that this reader knows it by.
    fn reference(&self) -> Option<&str> {
        self.notice.merged_from.as_deref().or_else(|| self.text("public_reference"))
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

    /// What is affected, in one row.
    pub(super) fn names(&self) -> String {
        let services = self.fields.get("business_services").and_then(Value::as_array).map(Vec::as_slice);
        let names: Vec<_> = services
            .unwrap_or_default()
            .iter()
            .filter_map(|service| Some(service.get("name")?.as_str()?.to_owned()))
            .collect();
        if names.is_empty() {
            self.tongue.pick("一部のサービス", "Some of our services").to_owned()
        } else {
            row(&names, 3, self.tongue)
        }
    }

    /// One bullet for each fact that this reader may see, in the order that readers need them.
    fn facts(&self) -> Vec<String> {
        let (tongue, notice) = (self.tongue, self.notice);
        let mut facts = Vec::new();
        let mut add = |japanese: &str, english: &str, value: Option<String>| {
            let value = value.filter(|value| !value.is_empty());
            facts.extend(value.map(|value| format!("{}: {value}", tongue.pick(japanese, english))));
        };
        let said = |name: &str| self.text(name).map(|text| clause(text).to_owned());
        let worded = |name: &str| self.text(name).map(|text| word(text, tongue).unwrap_or(text).to_owned());
        // Of a false alarm there is nothing to tell; of what is over, only what it was.
        let kind = notice.kind;
        let ended = matches!(kind.lifecycle(), Lifecycle::End | Lifecycle::After);
        if kind != Kind::Cancelled {
            let (japanese, english) = match kind {
                Kind::FollowUp => ("ご報告", "Our report"),
                Kind::Resolved => ("事象", "What was noticed"),
                _ => ("事象", "What is noticed"),
            };
            // Where nothing is new, it was said before.
            add(japanese, english, said("symptom").filter(|_| notice.new_information));
            add("お客様影響", "Customer impact", worded("impact"));
            add("優先度", "Priority", said("priority"));
            add("状況", "Status", worded("stage").filter(|_| !ended));
            add("発生時刻", "Since", self.time("started_at"));
        }
        if ended && kind != Kind::Cancelled {
            let known = |_: &i64| notice.end_is_known();
            let lasted = self.fields.get("duration").and_then(Value::as_i64).filter(known);
            let (japanese, english) = if notice.reports_stopped {
                ("最後の報告", "Last report")
            } else {
                ("復旧時刻", "Ended")
            };
            add(japanese, english, self.time("resolved_at").filter(|_| notice.end_is_known()));
            add("継続時間", "Lasted", lasted.map(|seconds| span(seconds, tongue)));
            let unknown = || word("unknown", tongue).map(str::to_owned);
            for (field, japanese, english) in [
                (Field::DataLoss, "データの消失", "Data loss"),
                (Field::DataExposure, "データの流出", "Data exposure"),
            ] {
                let sees = notice.may_see.contains(field);
                add(japanese, english, worded(field.as_str()).or_else(unknown).filter(|_| sees));
            }
        }
        if !ended {
            add("回避方法", "What you can do", said("workaround").filter(|_| notice.new_information));
            add("対応状況", "What is being done", said("action").filter(|_| notice.new_information));
            add("次回のお知らせ", "Next update by", self.time("next_update_by"));
        }
        add("お問い合わせ番号", "Reference", self.reference().map(str::to_owned));
        let together = said("public_reference").filter(|_| notice.merged_from.is_some());
        add("まとめて対応する障害", "Handled together with", together);
        facts
    }
}

/// What the subject and the first sentence say.
fn headline(notice: &Notice, tongue: Tongue) -> (&'static str, &'static str) {
    match notice.kind {
        Kind::Update if !notice.new_information => tongue.pick(
            ("新しい情報はありません", "新しい情報はありません。対応を続けています。"),
            ("nothing new to report", "There is nothing new to report. It is still being worked on."),
        ),
        Kind::Resolved if notice.reports_stopped => tongue.pick(
            ("報告が途絶えたため終了します", "新しい報告が届かなくなったため、この件を終了します。復旧は確認できていません。"),
            ("no more reports", "No more reports have come in, so this is closed. It has not been confirmed as repaired."),
        ),
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
