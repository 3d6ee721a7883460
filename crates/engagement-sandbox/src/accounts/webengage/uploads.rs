//! Files for catalogs and recommendations.

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::model::WebEngageUpload;
use super::responses::acknowledged;
use crate::accounts::call::{Call, UploadedFile};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

impl WebEngageAccount {
    /// The uploaded files, oldest first.
    pub(crate) fn uploads(&self) -> Vec<WebEngageUpload> {
        self.uploads.to_vec()
    }

    pub(super) fn upload_catalog(&mut self, call: &Call) -> ApiResult {
        let file = uploaded_file(call)?;
        self.add_upload(call.text("catalogSlug"), file, Value::Null);
        Ok(ApiResponse::Json(json!({ "response": {
            "data": {}, "message": "The file was taken in and is being processed", "status": "success",
        } })))
    }

    pub(super) fn upload_recommendations(&mut self, call: &Call) -> ApiResult {
        let file = uploaded_file(call)?;
        if file.bytes.trim_ascii_start().starts_with(b"<") {
            return Err(bad_request("the file is XML: recommendations must be CSV"));
        }
        let meta = &call.body["recommendationMeta"];
        let given = meta["recommendationSlug"].as_str().unwrap_or_default();
        let slug = if given.is_empty() {
            let kind = match meta["type"].as_str() {
                Some("STATIC_MANUAL") => "s",
                Some("USER_ITEM_MANUAL") => "u",
                _ => "i",
            };
            format!("{kind}_recommendation{}", self.uploads.len() + 1)
        } else {
            given.to_owned()
        };
        self.add_upload(&slug, file, meta.clone());
        Ok(acknowledged())
    }

    fn add_upload(&mut self, slug: &str, file: &UploadedFile, meta: Value) {
        let first = file.bytes.split(|byte| *byte == b'\n').next();
        let first = String::from_utf8_lossy(first.unwrap_or_default());
        self.uploads.push(WebEngageUpload {
            slug: slug.to_owned(),
            file_name: file.file_name.clone(),
            bytes: file.bytes.len(),
            columns: columns(first.trim_start_matches('\u{feff}').trim_end_matches('\r')),
            meta,
        });
    }
}

/// The only file of a form.
fn uploaded_file(call: &Call) -> Result<&UploadedFile, ApiError> {
    let mut files = call.files.iter().filter(|file| file.name == "file");
    let file = files
        .next()
        .ok_or_else(|| bad_request("the form has no part `file`"))?;
    if files.next().is_some() {
        return Err(bad_request("the form has several parts `file`: send one"));
    }
    if file.bytes.trim_ascii().is_empty() {
        return Err(bad_request("the file is empty"));
    }
    Ok(file)
}

/// The cells of a CSV line. Quotes around a cell are removed, and doubled quotes inside it are unescaped.
fn columns(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut rest = line.chars().peekable();
    while let Some(next) = rest.next() {
        let cell = cells.last_mut();
        match (next, cell) {
            ('"', Some(cell)) if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => cells.push(String::new()),
            (next, Some(cell)) => cell.push(next),
            (_, None) => {}
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_into_cells() {
        assert_eq!(columns("id,title,price"), ["id", "title", "price"]);
        assert_eq!(columns(r#""a ""b"", c",,d"#), [r#"a "b", c"#, "", "d"]);
        assert_eq!(columns(""), [""]);
    }
}
