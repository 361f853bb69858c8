//! The one thing that each message to a lead asks for, in words and as a command.

use crate::core::template::Tongue;
use crate::core::vocabulary::Kind;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// In the brackets of the subject, before the time where there is one.
    pub(super) mark: &'static str,
    /// Between the audiences and the headline.
    pub(super) joint: &'static str,
    /// The subject.
    pub(super) headline: &'static str,
    /// What is to be done, in a sentence or two.
    pub(super) action: &'static str,
    /// What does it. `INCIDENT`, `AUDIENCES`, `AUDIENCE`, `LEAD` and `ROLE` are filled in; other
    /// words in capital letters are the lead's to fill.
    pub(super) command: &'static str,
}

/// What a kind of message to leads asks. Kinds for readers ask nothing, and never come here.
pub(super) fn ask(kind: Kind, tongue: Tongue) -> Ask {
    let (command, japanese, english) = texts(kind);
    let (mark, headline, action) = tongue.pick(japanese, english);
    let is_update = matches!(kind, Kind::UpdateDue | Kind::UpdateOverdue);
    let joint = tongue.pick(if is_update { "への" } else { ":" }, ": ");
    Ask { mark, joint, headline, action, command }
}

/// Mark, headline and action.
type Said = (&'static str, &'static str, &'static str);

/// The command, then the words in Japanese and in English.
const fn texts(kind: Kind) -> (&'static str, Said, Said) {
    match kind {
        Kind::UpdateDue | Kind::UpdateOverdue | Kind::LeadMissing | Kind::IncidentSilent => of_incident(kind),
        Kind::ReleaseWanted => (
            "herald incident release INCIDENT AUDIENCES",
            (
                "要判断",
                "第一報を公開してよいかご判断ください",
                "お客様への第一報が、公開の判断を待っています。下の文案を確認し、よろしければ公開してください。",
            ),
            (
                "Decision wanted",
                "may the first report go out?",
                "The first report to customers waits for your decision. Please read the draft below, and release it if it may go out.",
            ),
        ),
        Kind::ApprovalWanted => (
            "herald incident approve INCIDENT UPDATE --role ROLE",
            (
                "要承認",
                "文案の承認をお願いします",
                "お客様向けの文案が承認を待っています。下の文案を確認し、承認を受けてください。承認されるまでは、あらかじめ承認された文面でお知らせします。",
            ),
            (
                "Approval wanted",
                "a text waits for approval",
                "A text for customers waits for approval. Please read the draft below and have it approved. Until then customers read the words that were approved beforehand.",
            ),
        ),
        Kind::TemplateUnapproved => (
            "herald check",
            (
                "要承認",
                "承認されていないテンプレートがあります",
                "承認されていないテンプレートは使わず、承認済みの文面または予備の文面でお知らせしました。次のコマンドで該当のテンプレートを確認し、承認を受けてください。",
            ),
            (
                "Approval wanted",
                "a template is not approved",
                "A template is not approved, so an approved one or the built-in text was used instead. The command below names it: please have it read and approved.",
            ),
        ),
        Kind::RenderingFailed => (
            "herald check",
            (
                "要確認",
                "予備の文面でお知らせしました",
                "テンプレートから文面を作れなかったため、予備の文面でお知らせしました。届いた内容を確認し、足りない説明を続報でお知らせください。テンプレートの誤りは、次のコマンドで確認できます。",
            ),
            (
                "Please check",
                "the built-in text went out",
                "A template could not be used, so the built-in text went out. Please read what was sent, and add in an update what readers still need. The command below shows what is wrong with the template.",
            ),
        ),
        _ => (
            "herald incident update INCIDENT --text AUDIENCE:LANGUAGE=WORDS",
            (
                "要対応",
                "翻訳がありません",
                "一部の言語の文章がないため、お客様へのお知らせでは、その部分を省きました。足りない言語の文章を登録してください。",
            ),
            (
                "Action wanted",
                "a translation is missing",
                "A text is not there in every language, so that part was left out for customers. Please add the missing translation.",
            ),
        ),
    }
}

/// What is asked about the incident itself.
const fn of_incident(kind: Kind) -> (&'static str, Said, Said) {
    match kind {
        Kind::UpdateDue => (
            "herald incident update INCIDENT --no-change",
            (
                "要対応",
                "続報:作成をお願いします",
                "お約束した続報の期限が近づいています。下の文案のとおり新しい情報がなければ、次のコマンドでお知らせください。新しい情報があれば、--no-change の代わりに --symptom や --text で文章を添えてください。",
            ),
            (
                "Action by",
                "update is due",
                "The update that was promised is due soon. If there is nothing new, as the draft below says, the command sends it. If there is, give its words with --symptom or --text instead of --no-change.",
            ),
        ),
        Kind::UpdateOverdue => (
            "herald incident update INCIDENT --no-change",
            (
                "期限超過",
                "続報:まだ出ていません",
                "お約束した続報の期限を過ぎましたが、お知らせは出ていません。至急、続報をお願いします。下の文案のとおり新しい情報がなければ、次のコマンドでお知らせください。新しい情報があれば、--no-change の代わりに --symptom や --text で文章を添えてください。",
            ),
            (
                "Overdue since",
                "update has not gone out",
                "The time of the update that was promised has passed, and nothing has gone out. Please send one now. If there is nothing new, as the draft below says, the command sends it. If there is, give its words with --symptom or --text instead of --no-change.",
            ),
        ),
        Kind::LeadMissing => (
            "herald incident update INCIDENT --lead LEAD=NAME",
            (
                "要対応",
                "担当リードが決まっていません",
                "この障害の担当リードが、まだ決まっていません。担当者を決めて登録してください。",
            ),
            (
                "Action wanted",
                "Nobody leads this incident",
                "Nobody leads this incident yet. Please decide who does, and record it.",
            ),
        ),
        _ => (
            "herald incident update INCIDENT --stage STAGE",
            (
                "要確認",
                "長時間、情報が届いていません",
                "この障害について、長時間、新しい情報が届いていません。状況を確認し、現在の状況または終了を登録してください。",
            ),
            (
                "Please check",
                "nothing heard for a long time",
                "Nothing has been heard of this incident for a long time. Please find out where it stands, and record an update or its end.",
            ),
        ),
    }
}
