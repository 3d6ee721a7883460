//! Tests how a program handles failures: with errors made by `testing`, without a server.
//!
//! ```sh
//! cargo test -p engagement-clients --example testing_a_failure                          # its tests
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example testing_a_failure 7     # the program
//! ```

use engagement_clients::Error;
use engagement_clients::engagebay::{Client, types::Contact};

/// What the program says about a contact.
fn describe(result: Result<Contact, Error>) -> Result<String, Error> {
    match result {
        Ok(contact) => Ok(contact.email.unwrap_or_else(|| "no address".to_owned())),
        Err(error) if error.is_not_found() => Ok("no such contact".to_owned()),
        Err(error) if error.is_rate_limited() => Ok("try again later".to_owned()),
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let id: i64 = std::env::args().nth(1).ok_or("name an id")?.parse()?;
    let client = Client::from_env()?;
    println!("{}", describe(client.contacts().get(id).send().await)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Contact, describe};
    use engagement_clients::engagebay::testing;

    #[test]
    fn expected_failures_become_texts() {
        let failure = |status| testing::error("contacts_get", status, "");
        assert_eq!(describe(Err(failure(204))).unwrap(), "no such contact");
        assert_eq!(describe(Err(failure(429))).unwrap(), "try again later");
        assert_eq!(describe(Ok(Contact::new(7))).unwrap(), "no address");
    }

    #[test]
    fn other_failures_are_passed_on() {
        let error = describe(Err(testing::error("contacts_get", 503, "down"))).unwrap_err();
        assert!(error.is_server_error());
    }
}
