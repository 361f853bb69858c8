//! Where SNS is: the only hosts that are ever asked, whatever a body says.

use percent_encoding::percent_decode_str;

/// Longest address that is looked at.
const URL_BYTES_MAX: usize = 2_048;
/// Where authorities keep the certificates that stand between those of SNS and their roots. They
/// are asked without TLS, as everywhere: what they answer is believed only if a root vouches for it.
const AUTHORITIES: &[&str] = &["amazontrust.com", "cacerts.digicert.com", "cacerts.digicert.cn"];

/// An address of SNS in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) url: String,
    region: String,
    /// `amazonaws.com` or `amazonaws.com.cn`.
    domain: &'static str,
}

impl Place {
    /// Where a certificate is, for a topic of the same region.
    pub(super) fn of_certificate(url: &str, topic_arn: &str) -> Option<Self> {
        let (place, target) = Self::of(url, topic_arn)?;
        let name = target.strip_prefix("SimpleNotificationService-")?.strip_suffix(".pem")?;
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        plain.then_some(place)
    }

    /// Where a subscription to this topic is confirmed.
    pub(super) fn of_subscription(url: &str, topic_arn: &str) -> Option<Self> {
        let (place, target) = Self::of(url, topic_arn)?;
        let query = target.strip_prefix('?')?;
        let is = |name: &str, value: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.any(|(known, said)| known == name && percent_decode_str(said).eq(value.bytes()))
        };
        let plain = query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        (plain && is("Action", "ConfirmSubscription") && is("TopicArn", topic_arn)).then_some(place)
    }

    /// The place, and what stands behind the first slash.
    fn of<'u>(url: &'u str, topic_arn: &str) -> Option<(Self, &'u str)> {
        if url.len() > URL_BYTES_MAX {
            return None;
        }
        let (host, target) = url.strip_prefix("https://")?.split_once('/')?;
        let rest = host.strip_prefix("sns.")?;
        let (region, domain) = ["amazonaws.com", "amazonaws.com.cn"]
            .into_iter()
            .find_map(|domain| Some((rest.strip_suffix(domain)?.strip_suffix('.')?, domain)))?;
        let plain =
            region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        // arn:<partition>:sns:<region>:<account>:<name>
        let of_topic = topic_arn.split(':').nth(3);
        if region.is_empty() || !plain || of_topic != Some(region) {
            return None;
        }
        Some((Self { url: url.to_owned(), region: region.to_owned(), domain }, target))
    }

    /// May a certificate of this name sign for this place? The oldest regions share one; some have
    /// one of their own, by one of these names.
    pub(super) fn is_signed_by(&self, name: &str) -> bool {
        let Self { region, domain, .. } = self;
        let shared = match (*domain, region.starts_with("us-gov-")) {
            ("amazonaws.com", false) => Some("sns.amazonaws.com"),
            ("amazonaws.com", true) => Some("sns-us-gov-west-1.amazonaws.com"),
            _ => None,
        };
        let own = ["sns.", "sns-", "sns-signing."].map(|start| format!("{start}{region}.{domain}"));
        let name = name.to_ascii_lowercase();
        shared == Some(name.as_str()) || own.contains(&name)
    }
}

/// Is this where an authority keeps its certificates?
pub(super) fn is_of_authority(url: &str) -> bool {
    let host = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).map(|(host, _)| host);
    url.len() <= URL_BYTES_MAX
        && host.is_some_and(|host| {
            AUTHORITIES.iter().any(|known| {
                host == *known || host.strip_suffix(known).is_some_and(|start| start.ends_with('.'))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";
    const CHINA: &str = "arn:aws-cn:sns:cn-north-1:123456789012:alarms";

    #[test]
    fn only_sns_keeps_certificates() {
        let known = |url: &str, topic: &str| Place::of_certificate(url, topic).is_some();
        assert!(known("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem", TOPIC));
        assert!(known("https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a.pem", CHINA));
        for wrong in [
            "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem",
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem",
            "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a.pem",
            "https://sns.eu-west-1.amazonaws.com.cn.evil.example/SimpleNotificationService-0a.pem",
            "https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem",
            "https://evil-sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem",
            "https://u:p@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem",
            "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0a.pem",
            "https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-0a.pem",
            "https://sns.eu-west-1.amazonaws.com/../SimpleNotificationService-0a.pem",
            "https://sns.eu-west-1.amazonaws.com/x/SimpleNotificationService-0a.pem",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-.pem",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a/../b.pem",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem?x",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a\r\n.pem",
            "https://sns..amazonaws.com/SimpleNotificationService-0a.pem",
            "https://sns.amazonaws.com/SimpleNotificationService-0a.pem",
            "https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem",
            "sns.eu-west-1.amazonaws.com",
            "",
        ] {
            assert!(!known(wrong, TOPIC), "{wrong}");
        }
        assert!(!known("https://sns..amazonaws.com/SimpleNotificationService-0a.pem", "arn:aws:sns::1:a"));
    }

    #[test]
    fn only_sns_confirms() {
        let known = |url: &str| Place::of_subscription(url, TOPIC).is_some();
        let url = format!(
            "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=1"
        );
        assert!(
            known(&url) && known(&url.replace("1:alarms", "1%3Aalarms").replace("2:alarms", "2%3Aalarms"))
        );
        for wrong in [
            url.replace("https", "http"),
            url.replace("ConfirmSubscription", "DeleteTopic"),
            url.replace("alarms", "others"),
            url.replace("/?", "/x?"),
            url.replace("eu-west-1.a", "us-east-1.a"),
            url.replace("amazonaws.com", "example.com"),
            format!("{url}\r\nHost: x"),
        ] {
            assert!(!known(&wrong), "{wrong}");
        }
    }

    #[test]
    fn each_region_has_its_names() {
        let place = |url: &str, topic| Place::of_certificate(url, topic).unwrap();
        let ireland = place("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem", TOPIC);
        for name in
            ["sns.amazonaws.com", "SNS.eu-west-1.amazonaws.com", "sns-signing.eu-west-1.amazonaws.com"]
        {
            assert!(ireland.is_signed_by(name), "{name}");
        }
        for name in
            ["sns.us-east-1.amazonaws.com", "eu-west-1.amazonaws.com", "sns.amazonaws.com.evil.example", ""]
        {
            assert!(!ireland.is_signed_by(name), "{name}");
        }
        let china = place("https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a.pem", CHINA);
        assert!(
            china.is_signed_by("sns-cn-north-1.amazonaws.com.cn") && !china.is_signed_by("sns.amazonaws.com")
        );
        let gov = "arn:aws-us-gov:sns:us-gov-east-1:1:a";
        let gov = place("https://sns.us-gov-east-1.amazonaws.com/SimpleNotificationService-0a.pem", gov);
        assert!(
            gov.is_signed_by("sns-us-gov-west-1.amazonaws.com") && !gov.is_signed_by("sns.amazonaws.com")
        );
    }

    #[test]
    fn authorities_are_few() {
        assert!(is_of_authority("http://crt.r2m01.amazontrust.com/r2m01.cer"));
        for wrong in [
            "http://evilamazontrust.com/x",
            "http://amazontrust.com.evil.example/x",
            "http://127.0.0.1/x",
            "http://a@amazontrust.com:1/",
            "ldap://amazontrust.com/x",
        ] {
            assert!(!is_of_authority(wrong), "{wrong}");
        }
    }
}
