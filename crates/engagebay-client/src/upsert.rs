//! Creating or updating a contact by its e-mail address.

use engagement_core::{CallContext, ResponseFuture};

use crate::Client;
use crate::contacts::Contacts;
use crate::enums::PropertySubtype;
use crate::types::{Contact, ContactUpdate, NewContact, Property};

/// The result of [`Contacts::upsert`].
#[derive(Debug, Clone)]
pub enum Upserted {
    /// The contact was created.
    Created(Contact),
    /// An existing contact with the address was updated.
    Updated(Contact),
}

impl Upserted {
    /// The contact.
    #[must_use]
    pub fn contact(&self) -> &Contact {
        match self {
            Self::Created(contact) | Self::Updated(contact) => contact,
        }
    }

    /// The contact, by value.
    #[must_use]
    pub fn into_contact(self) -> Contact {
        match self {
            Self::Created(contact) | Self::Updated(contact) => contact,
        }
    }

    /// Whether the contact is new.
    #[must_use]
    pub fn is_new(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}

impl<C> Contacts<C> {
    /// Creates a contact with an e-mail address, or updates properties of the contact with that address.
    ///
    /// EngageBay has no such call, so it makes two: [`get_by_email`](Self::get_by_email), then [`create`](Self::create) or
    /// [`update`](Self::update). It never creates a duplicate: if somebody else creates the contact between the two calls,
    /// EngageBay refuses the second contact, and the call looks it up again and updates it. Like EngageBay, it compares
    /// addresses case-sensitively.
    ///
    /// Time limits and retries of [`with`](Upsert::with) apply to each of these calls.
    ///
    /// Set at least [`Property::first_name`]. The address needs no property; one for the first address is ignored. Score, tags
    /// and owner have their own calls.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = engagement_sandbox::Sandbox::start().await?;
    /// # let client = engagebay_client::Client::builder(engagement_sandbox::EngageBay::API_KEY)
    /// #     .base_url(sandbox.engagebay().base_url()).build()?;
    /// use engagebay_client::types::Property;
    ///
    /// let properties = [Property::first_name("Ada"), Property::role("Analyst")];
    /// let done = client.contacts().upsert("ada@example.com", properties).send().await?;
    /// println!("{} {}", if done.is_new() { "created" } else { "updated" }, done.contact().id);
    /// # assert!(done.is_new());
    /// # Ok(())
    /// # }
    /// ```
    pub fn upsert(
        &self,
        email: impl Into<String>,
        properties: impl IntoIterator<Item = Property>,
    ) -> Upsert<C> {
        let properties = properties.into_iter();
        Upsert {
            call_context: self.call_context.clone(),
            email: email.into(),
            properties: properties
                .filter(|property| !is_first_email(property))
                .collect(),
        }
    }
}

/// A call of [`Contacts::upsert`].
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
pub struct Upsert<C = Client> {
    call_context: CallContext<C>,
    email: String,
    properties: Vec<Property>,
}

impl<C> Upsert<C> {
    fn into_response(self) -> ResponseFuture<Upserted> {
        let contacts = Contacts::<Client> {
            call_context: self.call_context.for_client(),
        };
        let (email, properties) = (self.email, self.properties);
        ResponseFuture::composed(async move {
            let get = || contacts.get_by_email(email.as_str()).send();
            let contacts = &contacts;
            let update = |known: Contact, properties| async move {
                let update = ContactUpdate::new(known.id).properties(properties);
                let response = contacts.update(update).response().await?;
                Ok(response.map(Upserted::Updated))
            };
            match get().await {
                Ok(known) => return update(known, properties).await,
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
            let mut all = properties.clone();
            all.push(Property::email(email.as_str()));
            let contact = NewContact::new().properties(all);
            match contacts.create(contact).response().await {
                Ok(response) => Ok(response.map(Upserted::Created)),
                // Somebody else created it meanwhile. If it still cannot be found, another value is in conflict.
                Err(error) if error.is_conflict() => match get().await {
                    Ok(known) => update(known, properties).await,
                    Err(missing) if missing.is_not_found() => Err(error),
                    Err(failed) => Err(failed),
                },
                Err(error) => Err(error),
            }
        })
    }
}

engagement_core::call_methods! {
    /// Looks up the contact, then creates or updates it.
    ///
    /// # Errors
    /// Those of its calls; [`Error::operation`](crate::Error::operation) names the one that failed. If the look-up fails,
    /// nothing is created, unless there is no such contact (204 or 400).
    Upsert -> Upserted
}

fn is_first_email(property: &Property) -> bool {
    property.name == "email"
        && property
            .subtype
            .as_ref()
            .is_none_or(|subtype| *subtype == PropertySubtype::Primary)
}
