//! Hosts of unverified regions.

use std::fmt::Write as _;

/// The presumed URL of the main host of a region, for `base_url`.
///
/// **Inferred** from the host of `us-east-1`, the only documented one, by replacing the AWS region code. The list of regions is
/// not documented. After `base_url` only the main host is reachable, but a login needs the host `users`, so prefer
/// [`in_region`](crate::BuilderExt::in_region).
///
/// ```
/// use engageone_client::regional_url;
///
/// assert_eq!(regional_url("eu-west-1"), "https://api.eu-west-1.communicate.engageone.co");
/// ```
#[must_use]
pub fn regional_url(code: impl AsRef<str>) -> String {
    let mut url = String::from("https://api.");
    for byte in code.as_ref().bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            url.push(char::from(byte));
        } else {
            // A `/` would end the host name and send credentials elsewhere. The encoded text is rejected as a URL.
            // Writing to a string cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url.push_str(".communicate.engageone.co");
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Client, PROVIDER, Region};

    #[test]
    fn the_pattern_matches_the_verified_region() {
        assert_eq!(regional_url(Region::UsEast1), PROVIDER.servers[0].url);
    }

    #[test]
    fn a_code_never_leads_to_another_host() {
        for code in [
            "evil.example/",
            "evil.example#",
            "a@evil.example?",
            "a\\",
            "a:1/",
            " ",
            "",
            "é",
        ] {
            let builder = Client::builder_with_token("c", "t").base_url(regional_url(code));
            if let Ok(client) = builder.build() {
                let url = crate::Url::parse(client.base_url()).unwrap();
                assert!(
                    url.host_str()
                        .unwrap()
                        .ends_with(".communicate.engageone.co"),
                    "{code}: {url}"
                );
            }
        }
    }
}
