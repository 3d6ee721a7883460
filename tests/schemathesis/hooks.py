"""What schemathesis has to know beyond the documents, and the findings that are none.

A finding is left out only by a rule in `EXCLUSIONS`, which says why. Each one is written to the file that EXCLUDED names, for the
report of `run`.
"""

import json
import os
import urllib.request
from pathlib import Path

import schemathesis

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def definition(case):
    return case.operation.definition.raw


def operation_id(case):
    return definition(case)["operationId"]


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Declares the responses to unknown records, which the documents have as an extension."""
    for path in raw_schema["paths"].values():
        for operation in filter(lambda value: isinstance(value, dict), path.values()):
            for status in operation.get("x-not-found-statuses", []):
                operation["responses"].setdefault(str(status), {"description": "There is no such record"})


@schemathesis.hook
def before_init_operation(context, operation):
    """Sends an operation to the sandbox's address of its host."""
    servers = operation.definition.raw.get("servers")
    if servers:
        provider = operation.schema.raw_schema["x-provider"]
        name = servers[0]["x-name"].replace("-", "_")
        operation.base_url = os.environ[f"{provider}_{name}_url".upper()]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Writes fields with `x-form-json` as JSON text, and leaves out parts that have no name in ASCII."""
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if case.media_type == MULTIPART and isinstance(case.body, dict) and is_positive:
        case.body = {name: part for name, part in case.body.items() if name.isprintable() and name.isascii() and name}
    if case.media_type != FORM or not isinstance(case.body, dict):
        return
    schema = case.operation.schema.raw_schema
    form = definition(case)["requestBody"]["content"][FORM]["schema"]
    if "$ref" in form:
        form = schema["components"]["schemas"][form["$ref"].rsplit("/", 1)[1]]
    for name, field in form.get("properties", {}).items():
        if field.get("x-form-json") and name in case.body:
            case.body[name] = json.dumps(case.body[name])


def called_operation():
    """The operation that the sandbox found for the last request; None if it found none."""
    url = os.environ["SANDBOX_URL"] + "/api/requests?limit=1"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"X-Sandbox": "1"})) as response:
        return json.load(response)["requests"][0]["operation"]


def is_accepted(failure):
    return type(failure).__name__ == "AcceptedNegativeData"


def is_positive_by_description(case):
    data = case.meta.phase.data
    return data.description == "Positive test case" and not getattr(data, "mutations", ())


def is_of_another_operation(failure, case, response):
    if type(failure).__name__ == "AllowHeaderMismatch":
        # The methods of the path that are not those of this operation.
        return not failure.missing_methods
    return called_operation() not in (None, operation_id(case))


# Each rule: its name, the reason, and whether it is about a failure.
EXCLUSIONS = [
    (
        "shared path",
        "the request is one of another operation, which has the same path, or a template or an alias that fits the path",
        is_of_another_operation,
    ),
    (
        "Engage's clients",
        "users_update takes a numeric id in the body, which Engage's clients send",
        lambda failure, case, response: is_accepted(failure)
        and operation_id(case) == "users_update"
        and isinstance(case.body, dict)
        and type(case.body.get("id")) is int,
    ),
    (
        "Engagespot's clients",
        "users_create_or_update takes null as body, which Engagespot's clients send",
        lambda failure, case, response: is_accepted(failure)
        and operation_id(case) == "users_create_or_update"
        and response.request.body in (b"null", "null"),
    ),
    (
        "valid requests",
        "schemathesis calls a request invalid, and says at the same time that it is a positive test case without a change",
        lambda failure, case, response: is_accepted(failure) and is_positive_by_description(case),
    ),
    (
        "batches",
        "batch_queue responds before it reads the entries, and skips invalid ones",
        lambda failure, case, response: is_accepted(failure) and operation_id(case) == "batch_queue",
    ),
]


@schemathesis.hook
def filter_failure(context, failure, case, response):
    for name, _, applies in EXCLUSIONS:
        if applies(failure, case, response):
            with Path(os.environ["EXCLUDED"]).open("a") as file:
                file.write(f"{name}\t{case.operation.label}\n")
            return False
    return True
