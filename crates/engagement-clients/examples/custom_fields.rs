//! Adds custom fields to EngageBay's contacts, writes their values and reads them back with their types.
//!
//! ```sh
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example custom_fields ada@example.com
//! ```

use std::error::Error;

use engagement_clients::engagebay::enums::{CustomFieldScope, CustomFieldType};
use engagement_clients::engagebay::types::{NewCustomField, Property};
use engagement_clients::engagebay::{Client, Date, DateFormat, Properties as _};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let email = std::env::args().nth(1).ok_or("name an e-mail address")?;
    let client = Client::from_env()?;

    let scope = CustomFieldScope::Contact;
    let known = client.custom_fields().list(scope.clone()).send().await?;
    for (label, kind) in [
        ("Machine Count", CustomFieldType::Number),
        ("Birthday", CustomFieldType::Date),
    ] {
        let mut labels = known
            .iter()
            .filter_map(|field| field.field_label.as_deref());
        if !labels.any(|known| known == label) {
            let field = NewCustomField::new(scope.clone(), label, "added by a program", kind);
            client.custom_fields().create(field).send().await?;
            println!("added the field {label}");
        }
    }

    let birthday = Date::new(1815, 12, 10)?;
    let properties = [
        Property::first_name("Ada"),
        Property::number("Machine Count", 3),
        // EngageBay stores dates as text in the format that the user of the key has chosen.
        Property::date("Birthday", birthday, DateFormat::DAY_FIRST),
    ];
    let contact = client.contacts().upsert(email, properties).send().await?;
    let contact = client.contacts().get(contact.contact().id).send().await?;
    println!("machines: {:?}", contact.number("Machine Count"));
    let birthday = contact.date("Birthday", DateFormat::DAY_FIRST)?;
    println!("born in {:?}", birthday.map(Date::year));
    Ok(())
}
