//! Mistakes in a document: each ends in one line with the place, what is wrong and the way out.

mod support;

use engagement_tests::providers;
use xtask::codegen::check_spec;

/// A document with three operations and no mistake.
fn fixture() -> String {
    std::fs::read_to_string(providers::root().join("tests/fixtures/providers/acme.yaml")).unwrap()
}

/// The mistake, a text of the fixture, and the text that replaces it.
const MISTAKES: &str = r"
a misspelt keyword of a schema | required: [customers] | requierd: [customers]
a misspelt keyword of the document | security: | securty:
a misspelt keyword of `info` | title: Acme API | titel: Acme API
a misspelt keyword of a server | url: https://api.acme.test/v2 | url: https://api.acme.test/v2\n    descripton: The API
a misspelt keyword of a path | /customers/{id}:\n    get: | /customers/{id}:\n    gett:
a misspelt keyword of an operation | operationId: customers_get | operationid: customers_get
a misspelt keyword of a parameter | example: c-2 | exampel: c-2
a misspelt keyword of a request body | required: true\n        content: | require: true\n        content:
a misspelt keyword of a media type | application/json:\n            schema:\n              $ref: '#/components/schemas/NewCustomer' | application/json:\n            shema:\n              $ref: '#/components/schemas/NewCustomer'
a misspelt keyword of a response | description: A page of customers | desciption: A page of customers
a misspelt keyword of a security scheme | name: X-Acme-Key | nam: X-Acme-Key
a misspelt keyword of `components` | securitySchemes: | securitySchemas:
a misspelt keyword of a tag | - name: customers\n    description: Customers of the shop | - name: customers\n    descripion: Customers of the shop
a misspelt keyword of `externalDocs` | description: Acme's API overview\n  url | description: Acme's API overview\n  uri
a misspelt extension | x-credential | x-credentials
a misspelt field of an extension | items: /customers} | itmes: /customers}
a keyword that belongs elsewhere | summary: Get a customer | summary: Get a customer\n      x-id: customer
a keyword that nothing has | summary: Get a customer | summary: Get a customer\n      cacheable: true
a required name that is no property | required: [customers] | required: [custmers]
a required name that no part of `allOf` has | required: [email] | required: [lable]
a required name beside a reference | required: [id]\n          properties: | required: [identity]\n          properties:
a sibling of a reference of a schema | items:\n            $ref: '#/components/schemas/Customer' | items:\n            nullable: true\n            $ref: '#/components/schemas/Customer'
a sibling of a reference of a response | 4XX:\n          $ref: '#/components/responses/Error' | 4XX:\n          description: Refused\n          $ref: '#/components/responses/Error'
a reference to the wrong kind | 4XX:\n          $ref: '#/components/responses/Error' | 4XX:\n          $ref: '#/components/schemas/ApiError'
a reference that leads nowhere | $ref: '#/components/schemas/NewCustomer' | $ref: '#/components/schemas/NewCustomers'
a property without a description | description: E-mail address of the customer\n          x-personal | x-personal
a summary that is too long | summary: List customers | summary: List all of the customers that the shop has had since it was opened, newest first
a summary with a full stop | summary: List customers | summary: List customers.
an example of a body that doesn't fit | example:\n              email: ada@example.com | example:\n              email: 7
an example of a response that doesn't fit | example:\n                id: 7\n                email: ada@example.com\n                label: gold | example:\n                email: ada@example.com\n                label: gold
an example of a parameter that doesn't fit | example: 50 | example: fifty
an example of an error that doesn't fit | message: No such customer | message: [No such customer]
an integer without a size | schema: {type: integer, format: int64} | schema: {type: integer}
an unknown type | type: string\n          description: Label | type: strng\n          description: Label
a number where a text belongs | version: '1.0.0' | version: 1.0
a text where a flag belongs | in: path\n          required: true | in: path\n          required: 'yes'
a flag where a list belongs | required: [customers] | required: true
an id that is used twice | operationId: customers_get | operationId: customers_list
ids that differ in underscores only | operationId: customers_get | operationId: customers_li_st
an id without its group | operationId: customers_get | operationId: get_customer
a tag that the top doesn't have | operationId: customers_get\n      tags: [customers] | operationId: contacts_get\n      tags: [contacts]
a tag that no operation has | description: Customers of the shop | description: Customers of the shop\n  - name: orders\n    description: Orders
parameters that get the same name | name: limit | name: Cursor
schemas that get the same name | Labelled:\n | Customer_page:\n
properties that get the same name | label:\n          type: string | e_mail:\n          type: string\n          description: Repeated\n          x-personal: true\n        label:\n          type: string
the same path twice | /customers/{id}: | /customers:
paths that differ in the names of parameters | /customers/{id}: | /customers/{id}:\n    delete:\n      operationId: customers_delete\n      tags: [customers]\n      summary: Delete a customer\n      description: Deletes a customer.\n      externalDocs: {url: https://docs.acme.test}\n      x-evidence: {level: docs, source: https://docs.acme.test}\n      parameters: [{name: id, in: path, required: true, description: Id, example: 7, schema: {type: integer, format: int64, x-id: customer}}]\n      responses: {'204': {description: Gone}, 4XX: {$ref: '#/components/responses/Error'}, 5XX: {$ref: '#/components/responses/Error'}}\n  /customers/{key}:\n    delete:\n      operationId: customers_remove\n      tags: [customers]\n      summary: Remove a customer\n      description: Deletes a customer.\n      externalDocs: {url: https://docs.acme.test}\n      x-evidence: {level: docs, source: https://docs.acme.test}\n      parameters: [{name: key, in: path, required: true, description: Id, example: k, schema: {type: string}}]\n      responses: {'204': {description: Gone}, 4XX: {$ref: '#/components/responses/Error'}, 5XX: {$ref: '#/components/responses/Error'}}\n  /customers/{id}#get:
a path and its parameter that differ | /customers/{id}: | /customers/{key}:
pages whose cursor is nowhere | next: /next, | next: /after,
pages whose elements are nowhere | items: /customers} | items: /records}
pages by a parameter that is none | param: cursor, next | param: page, next
a style of pages that is unknown | style: cursor | style: curser
no evidence | x-evidence:\n        level: docs\n        source: https://docs.acme.test/customers\n | \n
an evidence that is unknown | level: docs | level: rumour
no page of the provider | externalDocs:\n        url: https://docs.acme.test/customers\n | \n
no success | '201': | '409':
errors that nobody reads | 5XX: | 500:
no example of a response | example:\n                customers:\n                  - id: 7\n                    email: ada@example.com\n | \n
no example of a parameter | example: 50\n | \n
no schema with a name | schema:\n              $ref: '#/components/schemas/NewCustomer' | schema: {type: object, properties: {email: {type: string, description: E-mail}, label: {type: string, description: Label}}}
a scheme that no operation can have | - apiKey: [] | - apikey: []
a credential without a variable | env: [ACME_API_KEY], | 
no message of errors | x-error-message: [/error/message] | x-error-message: []
OpenAPI 3.1 | openapi: 3.0.3 | openapi: 3.1.0
a name like an id without a mark | name: id\n          in: path\n          required: true\n          description: Id of the customer\n          example: 7\n          schema: {type: integer, format: int64, x-id: customer} | name: id\n          in: path\n          required: true\n          description: Id of the customer\n          example: 7\n          schema: {type: integer, format: int64}
no YAML | tags: [customers] | tags: [customers
a tab | tags: [customers] | \ttags: [customers]
a limit that is none | x-pagination: {style | x-rate-limit: {requests: 0, per: day}\n      x-pagination: {style
no operation | paths:\n  /customers: | x-nothing:\n  /customers:
two mistakes | summary: List customers\n | summary: List customers.\n      cacheable: true\n
";

#[test]
fn a_document_without_mistakes_passes() {
    let document = check_spec("specs/acme.yaml", &fixture()).unwrap();
    assert_eq!(document.operations.len(), 3);
}

#[test]
fn each_mistake_has_a_place_and_a_way_out() {
    let mut out = String::new();
    for [what, from, to] in support::rows(MISTAKES) {
        let text = fixture();
        let [from, to] = [from, to].map(|edit| edit.replace("\\n", "\n").replace("\\t", "\t"));
        assert!(text.contains(&from), "{what}: the fixture has no `{from}`");
        let text = text.replacen(&from, &to, 1);
        let error = match check_spec("specs/acme.yaml", &text) {
            Ok(_) => panic!("{what}: no error"),
            Err(error) => error,
        };
        out.push_str(&format!("# {what}\n{error}\n\n"));
    }
    insta::assert_snapshot!(out);
}
