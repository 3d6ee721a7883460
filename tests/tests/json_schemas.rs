//! The JSON Schemas that the feature `schemars` gives describe what the documents describe.

use engagement_tests::{instance, providers};

#[test]
fn every_object_type_has_a_schema_that_takes_its_values() {
    for provider in providers::ALL {
        let document = provider.document();
        let schemas = (provider.json_schemas)();
        let count = schemas.len();
        assert!(count > 5, "{}: {count}", provider.name);
        let mut compared = 0;
        for (name, schema) in schemas {
            let validator = jsonschema::validator_for(schema.as_value())
                .unwrap_or_else(|error| panic!("{} {name}: {error}", provider.name));
            // Types made of a schema inside another have no name in the document.
            let Some(described) = document.schemas.get(name) else {
                continue;
            };
            compared += 1;
            let value = instance(&document.schemas, described);
            let wrong: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(
                wrong.is_empty(),
                "{} {name}: {wrong:#?}\n{value:#}",
                provider.name
            );
            let mut extended = value.clone();
            extended["key_of_tomorrow"] = 1.into();
            assert!(
                validator.is_valid(&extended),
                "{} {name} refuses unknown keys",
                provider.name
            );
            assert!(
                !validator.is_valid(&serde_json::json!([])),
                "{} {name} takes anything",
                provider.name
            );
        }
        assert!(
            compared * 4 > count * 3,
            "{}: only {compared} of {count} compared",
            provider.name
        );
    }
}
