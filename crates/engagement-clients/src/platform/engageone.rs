//! EngageOne Communicate: e-mail.

use super::{
    BoxFuture, Channel, Event, Message, Person, Platform, SendReceipt, Task, Unsupported, need,
    refused,
};
use crate::engageone::types::TransactionalCampaignRequest;
use crate::engageone::{Client, PROVIDER};

const NAME: &str = PROVIDER.name;

fn unsupported(task: Task) -> Unsupported {
    let why = match task {
        Task::SendMessage(_) => "its documented API sends e-mail only",
        _ => "its API has no documented call for it",
    };
    Unsupported {
        provider: NAME,
        task,
        why,
    }
}

impl Platform for Client {
    fn name(&self) -> &'static str {
        NAME
    }

    fn supports(&self, task: Task) -> Result<(), Unsupported> {
        match task {
            Task::SendMessage(Channel::Email) => Ok(()),
            task => Err(unsupported(task)),
        }
    }

    fn upsert_profile(&self, _: Person) -> BoxFuture<()> {
        refused(unsupported(Task::UpsertProfile))
    }

    fn track_event(&self, _: Event) -> BoxFuture<()> {
        refused(unsupported(Task::TrackEvent))
    }

    /// Sends a communication as part of a campaign. The template of the message is the communication, and `through` its
    /// project. The address is sent in the data as `email`.
    fn send_message(&self, message: Message) -> BoxFuture<SendReceipt> {
        let client = self.clone();
        Box::pin(async move {
            client.supports(Task::SendMessage(message.channel))?;
            let mut record = message.data;
            let email = need(message.to.email, NAME, "the receiver's e-mail address")?;
            record.insert("email", email);
            let mut body = TransactionalCampaignRequest::new(
                need(message.template, NAME, "a communication, as the template")?,
                [record],
                "email", // where the record has the address
                need(message.from, NAME, "a sender")?,
                need(message.subject, NAME, "a subject")?,
            );
            body.project = message.through;
            let campaign = need(message.campaign, NAME, "the name of a campaign")?;
            let campaigns = client.campaigns();
            let sent = campaigns
                .send_transactional_v2(campaign, body)
                .send()
                .await?;
            Ok(SendReceipt {
                id: sent.map(|send| send.send_id.to_string()),
            })
        })
    }
}
