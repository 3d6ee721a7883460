//! The calls as a careful engineer writes them with reqwest and serde: encoded ids, the status checked, all fields read
//! that the typed client reads, and nothing besides: no retries, no budget, no limit of size, unknown fields dropped.

use std::error::Error;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::http;

/// Where and as whom.
#[derive(Debug)]
pub struct Client {
    base: String,
    key: HeaderValue,
    http: reqwest::Client,
}

impl Client {
    /// With the timeouts of the typed client.
    ///
    /// # Errors
    /// If the HTTP client can't be set up.
    pub fn new(base: &str) -> Result<Self, Box<dyn Error>> {
        let user_agent = format!("engagebay-client/{}", engagebay_client::PROVIDER.version);
        Ok(Self {
            base: base.to_owned(),
            key: http::secret("benchmark-key")?,
            http: http::client(&user_agent, HeaderMap::new())?,
        })
    }

    /// Fetches one contact.
    ///
    /// # Errors
    /// If that fails.
    pub async fn get(&self, id: i64) -> Result<Contact, Box<dyn Error>> {
        let id = id.to_string();
        let id = utf8_percent_encode(&id, NON_ALPHANUMERIC);
        let url = format!("{}/dev/api/panel/subscribers/{id}", self.base);
        let request = self.http.get(url).header(AUTHORIZATION, self.key.clone());
        http::read(request).await
    }

    /// Fetches a page of 50 contacts.
    ///
    /// # Errors
    /// If that fails.
    pub async fn list(&self) -> Result<Vec<Contact>, Box<dyn Error>> {
        let url = format!("{}/dev/api/panel/subscribers", self.base);
        let request = self.http.post(url).header(AUTHORIZATION, self.key.clone());
        let request = request
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            )
            .body("page_size=50");
        http::read(request).await
    }
}

pub use records::*;

/// The answers.
#[allow(missing_docs, reason = "as in the typed client")]
mod records {
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    pub struct Contact {
        #[serde(rename = "broadcastIds")]
        pub broadcast_ids: Option<Vec<i64>>,
        #[serde(rename = "companyIds")]
        pub company_ids: Option<Vec<i64>>,
        #[serde(rename = "contactIds")]
        pub contact_ids: Option<Vec<i64>>,
        pub count: Option<i64>,
        pub created_time: Option<i64>,
        pub cursor: Option<String>,
        pub email: Option<String>,
        #[serde(rename = "emailBounceStatus")]
        pub email_bounce_status: Option<Vec<serde_json::Value>>,
        #[serde(rename = "emailProperties")]
        pub email_properties: Option<serde_json::Value>,
        pub entiy_group_name: Option<String>,
        pub firstname: Option<String>,
        #[serde(rename = "forceCreate")]
        pub force_create: Option<bool>,
        #[serde(rename = "forceUpdate")]
        pub force_update: Option<bool>,
        pub fullname: Option<String>,
        pub id: i64,
        #[serde(rename = "importedEntity")]
        pub imported_entity: Option<bool>,
        pub lastname: Option<String>,
        #[serde(rename = "listIds")]
        pub list_ids: Option<Vec<i64>>,
        pub name: Option<String>,
        pub name_sort: Option<String>,
        #[serde(rename = "openedLinks")]
        pub opened_links: Option<Vec<serde_json::Value>>,
        pub owner: Option<UserRef>,
        pub owner_id: Option<i64>,
        pub properties: Option<Vec<Property>>,
        pub score: Option<i64>,
        pub sources: Option<Vec<ContactSource>>,
        pub status: Option<ContactStatus>,
        pub tags: Option<Vec<ContactTag>>,
        #[serde(rename = "unsubscribeList")]
        pub unsubscribe_list: Option<Vec<serde_json::Value>>,
        pub updated_time: Option<i64>,
    }

    #[derive(Debug, Deserialize)]
    pub struct ContactSource {
        pub custom: Option<i64>,
        pub id: Option<i64>,
        pub status: Option<ContactSourceStatus>,
        pub subscribed_on: Option<i64>,
        #[serde(rename = "type")]
        pub type_: Option<ContactSourceType>,
    }

    #[derive(Debug, Deserialize)]
    pub struct ContactTag {
        pub assigned_time: Option<i64>,
        pub tag: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    pub struct Property {
        pub field_type: Option<PropertyFieldType>,
        pub is_searchable: Option<bool>,
        pub name: String,
        pub subtype: Option<PropertySubtype>,
        #[serde(rename = "type")]
        pub type_: Option<PropertyType>,
        pub value: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    pub struct UserRef {
        pub email: Option<String>,
        pub id: i64,
        pub name: Option<String>,
        pub profile_img_url: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    pub enum ContactStatus {
        #[serde(rename = "CONFIRMED")]
        Confirmed,
        #[serde(rename = "UNCONFIRMED")]
        Unconfirmed,
        #[serde(other)]
        Unknown,
    }

    #[derive(Debug, Deserialize)]
    pub enum ContactSourceStatus {
        #[serde(rename = "ACTIVE")]
        Active,
        #[serde(other)]
        Unknown,
    }

    #[derive(Debug, Deserialize)]
    pub enum ContactSourceType {
        #[serde(rename = "DEFAULT")]
        Default,
        #[serde(other)]
        Unknown,
    }

    #[derive(Debug, Deserialize)]
    pub enum PropertyFieldType {
        #[serde(rename = "TEXT")]
        Text,
        #[serde(rename = "DATE")]
        Date,
        #[serde(rename = "LIST")]
        List,
        #[serde(rename = "CHECKBOX")]
        Checkbox,
        #[serde(rename = "TEXTAREA")]
        Textarea,
        #[serde(rename = "NUMBER")]
        Number,
        #[serde(rename = "FORMULA")]
        Formula,
        #[serde(rename = "MULTICHECKBOX")]
        Multicheckbox,
        #[serde(rename = "URL")]
        Url,
        #[serde(rename = "CURRENCY")]
        Currency,
        #[serde(rename = "PHONE")]
        Phone,
        #[serde(rename = "FILE")]
        File,
        #[serde(rename = "TAX")]
        Tax,
        #[serde(other)]
        Unknown,
    }

    #[derive(Debug, Deserialize)]
    pub enum PropertySubtype {
        #[serde(rename = "primary")]
        Primary,
        #[serde(rename = "secondary")]
        Secondary,
        #[serde(rename = "work")]
        Work,
        #[serde(rename = "home")]
        Home,
        #[serde(rename = "mobile")]
        Mobile,
        #[serde(rename = "home_fax")]
        HomeFax,
        #[serde(rename = "work_fax")]
        WorkFax,
        #[serde(rename = "other")]
        Other,
        #[serde(rename = "url")]
        Url,
        #[serde(rename = "skype")]
        Skype,
        #[serde(rename = "twitter")]
        Twitter,
        #[serde(rename = "linkedin")]
        Linkedin,
        #[serde(rename = "facebook")]
        Facebook,
        #[serde(rename = "xing")]
        Xing,
        #[serde(rename = "feed")]
        Feed,
        #[serde(rename = "google-plus")]
        GooglePlus,
        #[serde(rename = "flickr")]
        Flickr,
        #[serde(rename = "github")]
        Github,
        #[serde(rename = "youtube")]
        Youtube,
        #[serde(other)]
        Unknown,
    }

    #[derive(Debug, Deserialize)]
    pub enum PropertyType {
        #[serde(rename = "SYSTEM")]
        System,
        #[serde(rename = "CUSTOM")]
        Custom,
        #[serde(other)]
        Unknown,
    }
}
