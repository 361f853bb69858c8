//! The page of Dynatrace, with the payload to paste.

use crate::core::sources::about::Page;

pub(super) const PAGE: Page = Page {
    intro: "Problem notifications of a custom integration: a payload of yours with Dynatrace's variables. Problems as the API writes them are read too, whole or in `ProblemDetailsJSON`.",
    setup: &[
        "In Dynatrace open **Settings → Integration → Problem notifications → Add notification → Custom integration**.",
        "Webhook URL: `{url}`. Additional HTTP header: `Authorization` with the value `Bearer …` and the source's secret.",
        "Switch **Call webhook if problem is closed** on; without it nothing is ever over.",
        r#"Payload, to be pasted as it is: `{"State": "{State}", "PID": "{PID}", "ProblemID": "{ProblemID}", "ProblemTitle": "{ProblemTitle}", "ProblemSeverity": "{ProblemSeverity}", "ProblemImpact": "{ProblemImpact}", "ProblemURL": "{ProblemURL}", "Tags": "{Tags}", "ImpactedEntities": {ImpactedEntities}, "ProblemDetailsText": "{ProblemDetailsText}", "ProblemDetailsJSONv2": {ProblemDetailsJSONv2}}`. Those without quotation marks must have none."#,
        "**Send test notification** is answered with 202 and told to nobody.",
    ],
    auth: "{ scheme: bearer, secret_file: /run/secrets/dynatrace }",
    reads: &[
        ("PID; else the details' id, the one in ProblemURL, ProblemID", "the incident"),
        ("ProblemID", "the number that people use"),
        ("State; else the details' status", "the stage"),
        ("ProblemTitle", "the title"),
        ("ProblemDetailsText, ProblemDetailsMarkdown, ProblemDetailsHTML", "the description"),
        ("ProblemSeverity", "the severity: AVAILABILITY is critical, ERROR error, others warning"),
        ("ProblemImpact APPLICATION", "customer impact: that there is some"),
        ("estimatedAffectedUsers of the details", "how many users are affected"),
        ("ImpactedEntities, Tags, entityTags, managementZones", "services, hosts and labels"),
        ("startTime, endTime of the details", "when it began and ended"),
        ("ProblemURL", "a link"),
    ],
    means: &[
        ("OPEN", "triggered"),
        ("RESOLVED, CLOSED", "resolved"),
        ("MERGED", "merged; Dynatrace does not say into which, so its readers are told the end"),
        ("PID 99999 with ProblemID 999", "a test: told to nobody"),
        ("a variable that nothing was put in for", "absent, with a warning `unresolved_placeholder`"),
    ],
    not_said: &[
        "That somebody has taken it: comments on a problem are not posted.",
        "Where no variable was put in at all, the delivery is recorded and begins nothing.",
    ],
};
