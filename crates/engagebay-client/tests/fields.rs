//! Fields that the provider's text names and its samples leave out.

use engagebay_client::EpochSeconds;
use engagebay_client::types::{
    BatchContact, CompanyUpdate, Contact, ContactTagName, NewCompany, NewDeal, NewEvent, NewTicket,
    Property, TrackUpdate,
};
use serde_json::{Value, json};

fn sent(body: impl serde::Serialize) -> Value {
    serde_json::to_value(body).unwrap()
}

#[test]
fn an_event_has_a_contact() {
    let event = NewEvent::new("Review", EpochSeconds(5), EpochSeconds(6)).contact_id(7);
    assert_eq!(
        sent(event),
        json!({"name": "Review", "start_time": 5, "end_time": 6, "contact_id": 7})
    );
}

#[test]
fn a_track_is_sent_back_with_its_default_flag() {
    let track = TrackUpdate::new(7).is_default(true);
    assert_eq!(sent(track), json!({"id": 7, "isDefault": true}));
}

#[test]
fn a_contact_of_a_batch_has_an_owner() {
    let contact = BatchContact::new([Property::email("a@example.com")]).owner_id(5);
    assert_eq!(sent(contact)["owner_id"], 5);
}

#[test]
fn a_deal_with_an_id_needs_no_name() {
    assert_eq!(sent(NewDeal::new().id(7)), json!({"id": 7}));
}

#[test]
fn e_mail_properties_may_be_anything() {
    for properties in [
        json!([5_210_000_000_000_001_i64]),
        json!([{"emailDbId": 1}]),
        json!({"a": 1}),
    ] {
        let contact = json!({"id": 7, "emailProperties": properties});
        let contact: Contact = serde_json::from_value(contact).unwrap();
        assert_eq!(contact.email_properties, Some(properties));
    }
}

/// Plain strings are documented for contacts only.
#[test]
fn tags_of_other_records_are_objects() {
    let vip = || [ContactTagName::new("vip")];
    for body in [
        sent(NewCompany::new([Property::company_name("Engines")]).tags(vip())),
        sent(CompanyUpdate::new(7).tags(vip())),
        sent(NewDeal::new().tags(vip())),
        sent(NewTicket::new("Ada", "ada@example.com", "Broken", 3, "<p>It is.</p>").tags(vip())),
    ] {
        assert_eq!(body["tags"], json!([{"tag": "vip"}]));
    }
    let contact = BatchContact::new([Property::email("a@example.com")]).tags(["vip"]);
    assert_eq!(sent(contact)["tags"], json!(["vip"]));
}
