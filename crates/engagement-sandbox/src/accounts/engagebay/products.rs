//! Products.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use super::fields::{copy_fields, set_updated_time};
use super::properties::merge_properties;
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array, integer, number, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// The fields of a product that are copied from a body.
const PRODUCT_FIELDS: [&str; 8] = [
    "name",
    "description",
    "image_url",
    "price",
    "discount_type",
    "discount",
    "currency",
    "quantity",
];

/// The id in the path, whatever the name of its parameter.
fn id_in_path(call: &Call) -> i64 {
    let mut values = call.parameters.values();
    values.find_map(integer).unwrap_or_default()
}

impl EngageBayAccount {
    pub(super) fn call_products(&mut self, operation: &str, call: &Call) -> ApiResult {
        let id = call.id("id");
        match operation {
            "products_list" => self.products.page(&call.body, |_| true, Object::clone),
            "products_get" => Ok(self.products.response(id)),
            "products_create" => self.products_create(&call.body),
            "products_replace" => self.products_replace(&call.body),
            "products_update" => self.products_update(&call.body),
            "products_get_by_name" => {
                let name = call.text("productName");
                let found = self
                    .products
                    .iter()
                    .find(|record| text(record, "name") == name);
                Ok(found.map_or(ApiResponse::NoContent, |record| {
                    ApiResponse::Json(Value::Object(record.clone()))
                }))
            }
            "products_delete" => Ok(self.products.remove(id_in_path(call))),
            "products_add_to_contact" => {
                let product = integer(&call.body["productId"]).ok_or_else(|| {
                    bad_request("`productId` must be the id of a product, as text")
                })?;
                self.change_contact_product(call.id("contactId"), product, true)
            }
            "products_remove_from_contact" => {
                self.change_contact_product(call.id("contactId"), call.id("productId"), false)
            }
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    /// Sets the fields of a product that a body has.
    fn apply_product(record: &mut Object, body: &Value) -> Result<(), ApiError> {
        copy_fields(record, body, &PRODUCT_FIELDS);
        if let Some(price) = body.get("price") {
            let price = number(price)
                .ok_or_else(|| bad_request("`price` must be a number, or text that is one"))?;
            record.insert("price".into(), price);
        }
        merge_properties(record, array(body, "properties"));
        Ok(())
    }

    fn new_product(&self, id: i64, body: &Value) -> Object {
        let owner = self.owner(body.get("owner_id").and_then(integer));
        to_object(&json!({
            "id": id, "name": "", "description": "", "image_url": "", "created_time": self.clock.seconds(), "updated_time": 0,
            "owner_id": owner["id"], "price": 0.0, "discount_type": "PERCENTAGE", "discount": 0.0, "currency": "USD-$",
            "quantity": 0, "properties": [],
        }))
    }

    fn products_create(&mut self, body: &Value) -> ApiResult {
        let id = self.next_id();
        let mut record = self.new_product(id, body);
        Self::apply_product(&mut record, body)?;
        Ok(ApiResponse::Json(self.products.insert(id, record)))
    }

    /// Replaces a product. Missing properties and fields are reset.
    fn products_replace(&mut self, body: &Value) -> ApiResult {
        let id = integer(&body["id"]).unwrap_or_default();
        let created = self
            .products
            .require_mut(id)?
            .get("created_time")
            .cloned()
            .unwrap_or_default();
        let mut record = self.new_product(id, body);
        record.insert("created_time".into(), created);
        Self::apply_product(&mut record, body)?;
        set_updated_time(&mut record, self.clock.seconds());
        Ok(ApiResponse::Json(self.products.insert(id, record)))
    }

    fn products_update(&mut self, body: &Value) -> ApiResult {
        let id = integer(&body["id"]).unwrap_or_default();
        let mut record = self.products.require_mut(id)?.clone();
        Self::apply_product(&mut record, body)?;
        set_updated_time(&mut record, self.clock.seconds());
        Ok(ApiResponse::Json(self.products.insert(id, record)))
    }

    /// Adds a product to a contact, or removes it.
    fn change_contact_product(&mut self, contact: i64, product: i64, add: bool) -> ApiResult {
        if add {
            self.products.require_mut(product)?;
        }
        let record = self.contacts.require_mut(contact)?.clone();
        let products = self.contact_products.entry(contact).or_default();
        if add {
            products.insert(product);
        } else if !products.remove(&product) {
            return Err(bad_request(format!(
                "The contact {contact} doesn't have the product {product}"
            )));
        }
        Ok(ApiResponse::Json(Value::Object(record)))
    }
}
