//! The hosts that links may point to, and what an address from outside is worth.

use std::sync::Arc;

/// Hosts of the policy's `link_hosts`; cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkHosts(Arc<[String]>);

impl LinkHosts {
    /// Host names as the policy writes them; compared without regard to case.
    pub fn new(hosts: &[String]) -> Self {
        Self(hosts.iter().map(|host| host.to_ascii_lowercase()).collect())
    }

    /// Is this host, without a port, one of them?
    pub fn allows(&self, host: &str) -> bool {
        self.0.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }

    /// The address, if it is http or https, has an allowed host and no user part, written so that
    /// it can stand between the parentheses of a Markdown link. None: show it as text.
    pub(super) fn link_target(&self, href: &str) -> Option<String> {
        let (scheme, rest) = href.split_once("://")?;
        if !(scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")) {
            return None;
        }
        let authority = authority(rest);
        if !self.allows(host_of(authority)?) {
            return None;
        }
        let mut target = String::with_capacity(href.len());
        for c in href.chars() {
            match c {
                '(' => target.push_str("%28"),
                ')' => target.push_str("%29"),
                // An entity such as `&copy;` would be read as a character.
                '&' => target.push_str("\\&"),
                'a'..='z' | 'A'..='Z' | '0'..='9' => target.push(c),
                _ if "-._~:/?#[]@!$'*+,;=%".contains(c) => target.push(c),
                _ => return None,
            }
        }
        Some(target)
    }
}

/// What stands before the path: all up to the first character that ends it for any reader of addresses.
pub(super) fn authority(after_slashes: &str) -> &str {
    let end = after_slashes.find(|c: char| c == '/' || c == '?' || c == '#' || c.is_whitespace());
    &after_slashes[..end.unwrap_or(after_slashes.len())]
}

/// The host of an authority; none where there is a user part, or anything that readers of addresses disagree on.
pub(super) fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let clean = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    (!host.is_empty() && host.chars().all(clean) && port.chars().all(|c| c.is_ascii_digit())).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_allowed_host_makes_a_link() {
        let hosts = LinkHosts::new(&["Status.example.com".to_owned()]);
        let target = |href| hosts.link_target(href);
        assert_eq!(
            target("https://status.example.com:8443/a(b)?c&d").as_deref(),
            Some("https://status.example.com:8443/a%28b%29?c\\&d")
        );
        for href in [
            "https://evil.example/",
            "https://status.example.com@evil.example/",
            "https://status.example.com\\@evil.example/",
            "https://status.example.com.evil.example/",
            "javascript://status.example.com/%0aalert(1)",
            "//status.example.com/",
            "https://status.example.com/ b",
            "https://status.example.com/<b>",
        ] {
            assert_eq!(target(href), None, "{href}");
        }
    }
}
