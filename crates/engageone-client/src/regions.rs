//! Hosts of regions that nobody has attested.

use std::fmt::Write as _;

/// Where the main host of a region presumably is, for `base_url`.
///
/// **Inferred.** Only the host of `us-east-1` is public, and this puts another AWS region code in its place. Which
/// regions there are isn't published. After `base_url` nothing but the main host can be reached, and logging in needs
/// the host `users`, so [`in_region`](crate::BuilderExt::in_region) is nearly always the better choice.
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
            // A `/` would end the host name, and credentials would go to somebody else. What is encoded is refused as
            // a URL. Writing to a string can't fail.
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
    fn the_pattern_is_that_of_the_region_that_is_known() {
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
