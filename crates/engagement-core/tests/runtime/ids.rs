//! Types of ids.

use std::collections::{BTreeSet, HashSet};

use engagement_core::{Attributes, RawResponse, Unredacted, id, wire_object};
use serde_json::{from_str, json, to_string};

use crate::support::*;

id! {
    /// Id of a contact.
    struct ContactId(integer);
}
id! {
    /// Id of a deal.
    struct DealId(integer);
}
id! {
    /// Id of a contact or a deal.
    struct ContactOrDealId(integer) of ContactId, DealId;
}
id! {
    /// A telephone number as an id.
    struct PhoneId(integer, personal);
}
id! {
    /// Id of a tag.
    struct TagId(text);
}
id! {
    /// Id of a user, which may be an e-mail address.
    struct UserId(text, personal);
}
id! {
    /// Id of a tag or a user.
    struct TagOrUserId(text, personal) of TagId, UserId;
}
id! {
    /// Id of a template.
    struct TemplateId(integer or text);
}
id! {
    /// Id of a visitor.
    struct VisitorId(integer or text, personal);
}
id! {
    /// Id of a template or a visitor.
    struct TemplateOrVisitorId(integer or text) of TemplateId, VisitorId;
}

/// As in setters and arguments.
fn contact(id: impl Into<ContactId>) -> ContactId {
    id.into()
}

fn user(id: impl Into<UserId>) -> UserId {
    id.into()
}

fn template(id: impl Into<TemplateId>) -> TemplateId {
    id.into()
}

#[test]
fn integer_ids_convert() {
    let seven = ContactId::from(7);
    assert_eq!(
        [contact(7), contact(seven), ContactId::from(&seven)],
        [seven; 3]
    );
    assert_eq!(ContactId::try_from(7_u64), Ok(seven));
    assert!(ContactId::try_from(u64::MAX).is_err());
    assert_eq!("7".parse(), Ok(seven));
    assert_eq!(
        "-9223372036854775808".parse(),
        Ok(ContactId::from(i64::MIN))
    );
    for wrong in ["", "7.0", " 7", "seven", "9223372036854775808"] {
        assert!(wrong.parse::<ContactId>().is_err(), "{wrong}");
    }
    const fn raw(id: ContactId) -> i64 {
        id.get()
    }
    assert_eq!((raw(seven), seven.to_string().as_str()), (7, "7"));
    assert_eq!(
        format!("{seven:>3}|{seven:03}|{seven:?}"),
        "  7|007|ContactId(7)"
    );
    assert!(seven < ContactId::from(10));
    let set: HashSet<ContactId> = [7, 7, 8].map(ContactId::from).into();
    assert_eq!(set.len(), 2);
    let of: ContactOrDealId = seven.into();
    assert_eq!(of, ContactOrDealId::from(7));
    assert_ne!(of, DealId::from(8).into());
}

#[test]
fn text_ids_convert() {
    let ada = UserId::from("ada");
    let text = String::from("ada");
    let all = [user("ada"), user(&text), user(text.clone()), user(&ada)];
    assert_eq!(all, [(); 4].map(|()| ada.clone()));
    let Ok(parsed) = "ada".parse::<UserId>();
    assert_eq!((parsed.as_str(), parsed.to_string()), ("ada", text));
    assert_eq!(format!("{:>4}|", TagId::from("a")), "   a|");
    assert!(TagId::from("10") < TagId::from("7"));
    let of = TagOrUserId::from(ada);
    assert_eq!(of.as_str(), "ada");
    assert_eq!(TagOrUserId::from(TagId::from("ada")), of);
}

#[test]
fn integer_or_text_ids_are_compared_as_text() {
    let seven = TemplateId::from(7);
    let text = String::from("7");
    let all = [
        template("7"),
        template(&text),
        template(text),
        template(&seven),
    ];
    assert_eq!(all, [(); 4].map(|()| seven.clone()));
    let Ok(parsed) = "7".parse::<TemplateId>();
    assert_eq!(parsed, seven);
    let hashed: HashSet<TemplateId> = [parsed, seven.clone()].into();
    let sorted: BTreeSet<TemplateId> = [seven.clone(), "7".into(), 10.into()].into();
    assert_eq!((hashed.len(), sorted.len()), (1, 2));
    assert_eq!((seven.as_str(), seven.to_string().as_str()), ("7", "7"));
    assert_eq!(format!("{seven:>3}|{seven:?}"), r#"  7|TemplateId("7")"#);
    assert_ne!(template("07"), seven);
    assert!(template(10) < seven);
    let of = TemplateOrVisitorId::from(seven);
    assert_eq!(to_string(&of).unwrap(), "7");
    let of = TemplateOrVisitorId::from(VisitorId::from("7"));
    assert_eq!(to_string(&of).unwrap(), r#""7""#);
}

#[test]
fn integer_ids_are_decoded_from_numbers_and_strings_and_encoded_as_numbers() {
    for text in ["7", "7.0", "\"7\"", "\" 7 \"", "7e0"] {
        let id: ContactId = from_str(text).unwrap();
        assert_eq!((id, to_string(&id).unwrap().as_str()), (contact(7), "7"));
    }
    for text in [
        "null",
        "7.5",
        "\"\"",
        "\"seven\"",
        "true",
        "[7]",
        "9223372036854775808",
        "1e300",
    ] {
        assert!(from_str::<ContactId>(text).is_err(), "{text}");
    }
    for number in [i64::MIN, -1, 0, 9_007_199_254_740_993, i64::MAX] {
        let id: ContactId = from_str(&number.to_string()).unwrap();
        assert_eq!(id.get(), number);
        assert_eq!(to_string(&id).unwrap(), number.to_string());
    }
    assert_eq!(
        serde_json::from_value::<ContactId>(json!(7)).unwrap().get(),
        7
    );
}

#[test]
fn text_ids_are_decoded_from_and_encoded_as_strings() {
    for text in ["\"\"", "\"7\"", "\" a \"", r#""\"""#] {
        assert_eq!(to_string(&from_str::<TagId>(text).unwrap()).unwrap(), text);
    }
    for text in ["null", "7", "[\"a\"]"] {
        assert!(from_str::<TagId>(text).is_err(), "{text}");
    }
}

#[test]
fn integer_or_text_ids_are_encoded_as_they_were_decoded() {
    for text in ["7", "\"7\"", "\"a\"", "\"\"", "-1", "\"007\""] {
        let id: TemplateId = from_str(text).unwrap();
        assert_eq!(to_string(&id).unwrap(), text);
    }
    assert_eq!(
        to_string(&from_str::<TemplateId>("7.0").unwrap()).unwrap(),
        "7"
    );
    assert_eq!(to_string(&template(7)).unwrap(), "7");
    assert_eq!(to_string(&template("7")).unwrap(), r#""7""#);
    for text in ["null", "7.5", "true", "{}", "9223372036854775808"] {
        assert!(from_str::<TemplateId>(text).is_err(), "{text}");
    }
}

#[test]
fn personal_ids_are_redacted_in_debug_output() {
    let ids = (
        PhoneId::from(4_915_112_345_678),
        user("ada@example.com"),
        TagOrUserId::from(user("ada@example.com")),
        VisitorId::from("ada@example.com"),
    );
    let shown = r#"(PhoneId(4915112345678), UserId("ada@example.com"), TagOrUserId("ada@example.com"), VisitorId("ada@example.com"))"#;
    let hidden =
        "(PhoneId(Redacted), UserId(Redacted), TagOrUserId(Redacted), VisitorId(Redacted))";
    assert_eq!(format!("{ids:?}"), hidden);
    assert_eq!(format!("{:?}", Unredacted(&ids)), shown);
    assert_eq!(format!("{:?}", TagId::from("vip")), r#"TagId("vip")"#);
    // `Display` prints the value.
    assert_eq!(user("ada@example.com").to_string(), "ada@example.com");
}

#[derive(PartialEq)]
struct Note {
    id: ContactId,
    owner: Option<DealId>,
    phone: Option<PhoneId>,
    template: TemplateId,
    extra: Attributes,
}

wire_object! {
    Note {
        required_text id: "id",
        optional_text owner: "owner",
        optional_text phone: "phone" personal,
        required_text template: "template" personal,
    } extra
}

/// For providers that require integer ids as strings.
#[test]
fn objects_can_encode_integer_ids_as_strings() {
    let text = r#"{"id":"7","owner":"8","phone":"9","template":"10","new":1}"#;
    let note: Note = from_str(text).unwrap();
    assert_eq!((note.id.get(), note.owner), (7, Some(DealId::from(8))));
    assert_eq!(to_string(&note).unwrap(), text);
    let shown = r#"Note { id: ContactId(7), owner: Some(DealId(8)), phone: Some(PhoneId(9)), template: TemplateId("10"), extra: {"new": Number(1)} }"#;
    let hidden = r#"Note { id: ContactId(7), owner: Some(DealId(8)), phone: Some(Redacted), template: Redacted, extra: {"new": Redacted} }"#;
    assert_eq!(format!("{note:?}"), hidden);
    assert_eq!(format!("{:?}", Unredacted(&note)), shown);

    // Numbers are decoded too. Missing ids are not encoded, unless as an explicit `null`.
    let mut note: Note = from_str(r#"{"id":7,"owner":null,"template":10}"#).unwrap();
    assert_eq!((note.owner, note.phone), (None, None));
    assert_eq!(to_string(&note).unwrap(), r#"{"id":"7","template":"10"}"#);
    note.extra.insert("id", json!(1));
    note.extra.insert("owner", json!(null));
    assert_eq!(
        to_string(&note).unwrap(),
        r#"{"id":"7","template":"10","owner":null}"#
    );
    note.owner = Some(8.into());
    assert_eq!(
        to_string(&note).unwrap(),
        r#"{"id":"7","owner":"8","template":"10"}"#
    );
    let missing = from_str::<Note>(r#"{"id": 7}"#).err().unwrap();
    assert_eq!(
        missing.to_string(),
        "missing field `template` at line 1 column 9"
    );
    assert!(from_str::<Note>(r#"{"id": null, "template": 1}"#).is_err());
}

#[tokio::test]
async fn ids_in_every_part_of_a_request() {
    let server = TestServer::once(json("{}")).await;
    let mut call = client(&server).call(&CONTACTS_GET);
    call.path("id", &user("a/b"));
    call.query("integer", &contact(7));
    call.query("text", &Some(TagId::from("vip")));
    call.query("either", &[template(7), template("x")]);
    call.header("x-id", &contact(8));
    call.json(&json!({"id": contact(9), "template": template("9")}));
    call.send(RawResponse::into_empty).await.unwrap();
    let request = server.request();
    assert_starts(
        &request,
        "GET /contacts/a%2Fb?integer=7&text=vip&either=7&either=x HTTP/1.1\r\n",
    );
    assert_contains(&request, "\r\nx-id: 8\r\n");
    assert!(request.ends_with(r#"{"id":9,"template":"9"}"#), "{request}");
}

/// Serde's error would contain the invalid value.
#[tokio::test]
async fn errors_of_invalid_ids_do_not_contain_the_value() {
    let server = TestServer::once(json(r#"{"id": "hidden@x.example"}"#)).await;
    let call = client(&server).call(&CONTACTS_LIST);
    let error = call
        .send(|response| response.into_json_at_path::<ContactId>(&["id"]))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme contacts_list: unexpected body at `id`: invalid value: string, expected an integer id (line 1, column 25) (200 OK)"
    );
    assert!(!format!("{error:?}").contains("hidden"));
}

#[cfg(feature = "schemars")]
#[test]
fn json_schemas_of_ids() {
    let type_of = |schema: schemars::Schema| schema.to_value()["type"].clone();
    assert_eq!(type_of(schemars::schema_for!(ContactId)), "integer");
    assert_eq!(type_of(schemars::schema_for!(UserId)), "string");
    assert_eq!(
        type_of(schemars::schema_for!(TemplateId)),
        json!(["integer", "string"])
    );
}
