//! The words of the languages that Herald speaks itself. Other languages have their templates; where
//! Herald's own words are needed for them, they are English.

use crate::core::notification::Notice;
use crate::core::vocabulary::Kind;

/// A language that Herald has words in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// `ja`.
    Japanese,
    /// `en`, and all others.
    English,
}

impl Tongue {
    /// The one that speaks for a language tag.
    pub(crate) fn of(language: &str) -> Self {
        if language == "ja" || language.starts_with("ja-") { Self::Japanese } else { Self::English }
    }

    /// This tongue's one of two.
    pub(crate) fn pick<T>(self, japanese: T, english: T) -> T {
        match self {
            Self::Japanese => japanese,
            Self::English => english,
        }
    }
}

/// Every word of the closed lists that readers see: the word, Japanese, English. The lists share
/// words (`none`, `unknown`), and they read alike in each.
const WORDS: &[(&str, &str, &str)] = &[
    // Impact, state of data, state of the SLA.
    ("unknown", "確認中", "being confirmed"),
    ("none", "なし", "none"),
    ("minor", "軽微", "minor"),
    ("major", "大", "major"),
    ("critical", "甚大", "critical"),
    ("suspected", "疑いあり", "suspected"),
    ("confirmed", "あり", "confirmed"),
    ("at_risk", "違反のおそれ", "at risk"),
    ("breached", "違反", "breached"),
    // Stages.
    ("triggered", "検知", "detected"),
    ("acknowledged", "対応開始", "being looked at"),
    ("investigating", "調査中", "under investigation"),
    ("identified", "原因特定、対処中", "cause found, being fixed"),
    ("mitigating", "対処中", "being fixed"),
    ("monitoring", "暫定復旧・経過観察中", "fix in place, being watched"),
    ("resolved", "復旧", "resolved"),
    ("closed", "対応完了", "closed"),
    ("cancelled", "取り消し", "false alarm"),
    // States of business services.
    ("operational", "正常", "working"),
    ("degraded", "機能低下", "degraded"),
    ("partial_outage", "一部停止", "partly down"),
    ("major_outage", "全面停止", "down"),
    // Confidence of an estimate.
    ("low", "低", "low"),
    ("medium", "中", "medium"),
    ("high", "高", "high"),
];

/// A word of the closed lists in this tongue; none where it is no such word.
pub(crate) fn word(word: &str, tongue: Tongue) -> Option<&'static str> {
    WORDS
        .iter()
        .find(|(known, ..)| *known == word)
        .map(|(_, japanese, english)| tongue.pick(*japanese, *english))
}

/// What stands in the brackets of a subject: 第一報, 続報(第3報), Update 3.
pub(crate) fn label(notice: &Notice, tongue: Tongue) -> String {
    let fixed = match notice.kind {
        // Nobody said that it was repaired.
        Kind::Resolved if notice.reports_stopped => ("終了", "Closed"),
        kind => match kind_label(kind) {
            Some(fixed) => fixed,
            None if tongue == Tongue::Japanese => return format!("続報(第{}報)", notice.sequence),
            None => return format!("Update {}", notice.sequence),
        },
    };
    tongue.pick(fixed.0, fixed.1).to_owned()
}

/// The same for a kind alone, in both tongues; none for news on the way, which are counted.
pub(crate) const fn kind_label(kind: Kind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        Kind::Opening => ("第一報", "First report"),
        Kind::Resolved => ("復旧報", "Resolved"),
        Kind::Cancelled => ("取消", "False alarm"),
        Kind::Reopened => ("再発", "Back again"),
        Kind::Correction => ("訂正", "Correction"),
        Kind::FollowUp => ("最終報", "Final report"),
        Kind::Update | Kind::Upgraded | Kind::Downgraded | Kind::StandDown | Kind::Merged => return None,
        Kind::UpdateDue | Kind::LeadMissing | Kind::TranslationMissing => ("要対応", "Action"),
        Kind::UpdateOverdue => ("期限超過", "Overdue"),
        Kind::ReleaseWanted => ("要判断", "Decision wanted"),
        Kind::ApprovalWanted | Kind::TemplateUnapproved => ("要承認", "Approval wanted"),
        Kind::IncidentSilent | Kind::RenderingFailed => ("要確認", "Please check"),
    })
}

/// Names in a row: 、 or commas and "and". More than `most` are counted.
pub(crate) fn row(names: &[String], most: usize, tongue: Tongue) -> String {
    let shown = &names[..names.len().min(most)];
    let rest = names.len() - shown.len();
    match (tongue, shown) {
        (_, []) => String::new(),
        (Tongue::Japanese, _) if rest > 0 => format!("{}ほか{rest}件", shown.join("、")),
        (Tongue::Japanese, _) => shown.join("、"),
        (Tongue::English, _) if rest > 0 => format!("{} and {rest} more", shown.join(", ")),
        (Tongue::English, [one]) => one.clone(),
        (Tongue::English, [firsts @ .., last]) => format!("{} and {last}", firsts.join(", ")),
    }
}

/// The text as a whole sentence: with a full stop, if it has no end yet; the stop of its own
/// script, as an engineer's note is often English.
pub(crate) fn sentence(text: &str, tongue: Tongue) -> String {
    let text = text.trim();
    let ended = text.ends_with(['。', '.', '!', '?', '\u{ff01}', '\u{ff1f}', '…']);
    let stop = if text.is_ascii() { "." } else { tongue.pick("。", ".") };
    if text.is_empty() || ended { text.to_owned() } else { format!("{text}{stop}") }
}

/// The text as part of a sentence: without its full stop.
pub(crate) fn clause(text: &str) -> &str {
    text.trim().trim_end_matches(['。', '.'])
}

/// The text as the beginning of a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A number with its thousands apart.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::vocabulary::{DataState, Impact, ServiceState, Stage};

    #[test]
    fn every_word_that_readers_see_is_in_both_tongues() {
        let all = Stage::ALL.iter().map(|w| w.as_str()).chain(Impact::ALL.iter().map(|w| w.as_str()));
        let all = all
            .chain(DataState::ALL.iter().map(|w| w.as_str()))
            .chain(ServiceState::ALL.iter().map(|w| w.as_str()));
        for known in all {
            assert!(word(known, Tongue::Japanese).is_some_and(|ja| !ja.is_ascii()), "{known}");
            assert!(word(known, Tongue::English).is_some_and(str::is_ascii), "{known}");
        }
        assert_eq!(word("monitoring", Tongue::Japanese), Some("暫定復旧・経過観察中"));
    }

    #[test]
    fn rows_sentences_and_numbers_read_well() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(row(&names, 5, Tongue::English), "a, b and c");
        assert_eq!(row(&names, 2, Tongue::English), "a, b and 1 more");
        assert_eq!(row(&names, 2, Tongue::Japanese), "a、bほか1件");
        assert_eq!(row(&names[..1], 2, Tongue::English), "a");
        assert_eq!(sentence("続いています", Tongue::Japanese), "続いています。");
        assert_eq!(sentence("deploy failed", Tongue::Japanese), "deploy failed.");
        assert_eq!(sentence("a.", Tongue::English), "a.");
        assert_eq!(clause("a。"), "a");
        assert_eq!((capital("our API"), capital("お")), ("Our API".to_owned(), "お".to_owned()));
        assert_eq!(
            (number(7), number(1234), number(1_234_567)),
            ("7".into(), "1,234".into(), "1,234,567".into())
        );
    }
}
