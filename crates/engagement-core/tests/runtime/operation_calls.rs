//! Operations that are chosen by their ids.

use engagement_core::{
    ErrorKind, OperationBody, OperationEntry, OperationParameter, ParameterLocation, ValueStyle,
};
use serde_json::json as value;

use crate::support::*;

const fn parameter(name: &'static str, location: ParameterLocation) -> OperationParameter {
    OperationParameter {
        name,
        location,
        kind: "string",
        required: false,
        client_value: false,
        constant: None,
        media_type: "",
        style: ValueStyle::Plain,
    }
}

static CATALOGUE: &[OperationEntry] = &[
    OperationEntry {
        operation: &CONTACTS_GET,
        summary: "Fetch a contact",
        parameters: &[
            OperationParameter {
                constant: Some("full"),
                ..parameter("view", ParameterLocation::Query)
            },
            OperationParameter {
                required: true,
                ..parameter("id", ParameterLocation::Path)
            },
            parameter("id", ParameterLocation::Query),
            parameter("x-trace", ParameterLocation::Header),
        ],
        body: OperationBody::None,
        returns_bytes: false,
    },
    OperationEntry {
        operation: &CONTACTS_CREATE,
        summary: "Create a contact",
        parameters: &[],
        body: OperationBody::Json,
        returns_bytes: false,
    },
];

#[tokio::test]
async fn values_are_sent_as_the_operation_defines() {
    let server = TestServer::once(json("{}")).await;
    let core = without_retries(&server);
    let call = core.operation(CATALOGUE, "contacts_get").unwrap();
    assert_eq!(call.entry().summary, "Fetch a contact");
    let call = call
        .param("id", 7)
        .header_param("x-trace", "t 1")
        .extra_query("expand", true)
        .extra_header("x-new", "n");
    let response = call.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let request = server.requests().remove(0);
    assert_starts(&request, "GET /contacts/7?view=full&id=7&expand=true ");
    assert!(
        request.contains("x-trace: t 1\r\n") && request.contains("x-new: n\r\n"),
        "{request}"
    );

    let call = core.operation(CATALOGUE, "contacts_get").unwrap();
    let call = call
        .path_param("id", "a/b")
        .query_param("id", value!(["x", "y"]));
    call.send().await.unwrap();
    let request = server.requests().remove(1);
    assert_starts(&request, "GET /contacts/a%2Fb?view=full&id=x&id=y ");

    let call = core.operation(CATALOGUE, "contacts_create").unwrap();
    call.json(&value!({"name": "Ada"})).send().await.unwrap();
    assert!(server.requests()[2].ends_with("\r\n\r\n{\"name\":\"Ada\"}"));
}

#[tokio::test]
async fn invalid_values_are_not_sent() {
    let server = TestServer::once(json("{}")).await;
    let core = without_retries(&server);
    let unknown = core.operation(CATALOGUE, "contact_get").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "acme client: invalid request: there is no operation with this id (did you mean `contacts_get` or `contacts_create`?)"
    );
    let get = || core.operation(CATALOGUE, "contacts_get").unwrap();
    let create = || core.operation(CATALOGUE, "contacts_create").unwrap();
    for (call, reason) in [
        (get(), "`id` is missing: set it with `param`"),
        (
            get().param("ids", 7),
            "the operation has no parameter with that name (did you mean `id` or `view`?)",
        ),
        (
            get().param("view", "short"),
            "the operation has no parameter with that name",
        ),
        (
            get().param("id", value!([1])),
            "`id` goes into the path and must be one value",
        ),
        (get().param("id", 7).json(&1), "the operation takes no body"),
        (create(), "the body is missing: set it with `json`"),
        (
            get().param("id", 7).extra_header("authorization", "secret"),
            "header `authorization` carries credentials; use .credential(…) of the builder",
        ),
        (
            get().param("id", 7).extra_header("host", "example.com"),
            "header `host` is set by the HTTP client",
        ),
        (
            get().param("id", 7).extra_header("x-a", "b\r\nc"),
            "header `x-a` has a value that is not allowed in a header",
        ),
    ] {
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert!(!error.was_sent());
        let text = error.to_string();
        assert_contains(&text, format!("invalid request: {reason}"));
    }
    assert!(server.requests().is_empty());
}
