//! The JSON Schemas of the feature `schemars` accept the values that the documents describe.

use engagement_tests::{instance, providers};

#[test]
fn the_schema_of_every_object_type_accepts_its_values() {
    for provider in providers::ALL {
        let document = provider.document();
        let schemas = (provider.json_schemas)();
        let count = schemas.len();
        // A provider that is added later may have few types.
        let large = [
            "engage",
            "engagebay",
            "engageone",
            "engagespot",
            "webengage",
        ];
        let least = if large.contains(&provider.name) { 5 } else { 2 };
        assert!(count > least, "{}: {count}", provider.name);
        let mut compared = 0;
        for (name, schema) in schemas {
            let id = format!("{} {name}", provider.name);
            let validator = jsonschema::validator_for(schema.as_value());
            let validator = validator.unwrap_or_else(|error| panic!("{id}: {error}"));
            // Types of inline schemas have no name in the document.
            let Some(described) = document.schemas.get(name) else {
                continue;
            };
            compared += 1;
            let value = instance(&document.schemas, described);
            let wrong: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{id}: {wrong:#?}\n{value:#}");
            let mut extended = value.clone();
            extended["new_field"] = 1.into();
            assert!(validator.is_valid(&extended), "{id}: unknown fields");
            assert!(!validator.is_valid(&serde_json::json!([])), "{id}: arrays");
        }
        let enough = compared * 4 > count * 3;
        assert!(enough, "{}: {compared} of {count}", provider.name);
    }
}
