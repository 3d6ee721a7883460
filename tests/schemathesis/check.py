"""Runs schemathesis with the documents against sandboxes of its own, and prints what came of it."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import tomllib
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hooks
import yaml

FOLDER = Path(__file__).parent
SPECS = FOLDER.parent.parent / "specs"
REPORTS = Path(os.environ["REPORTS"])
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
SETTINGS = FOLDER / "schemathesis.toml"
# The column of the table with the number of findings.
FINDINGS = 6
# A provider's run takes about 40 seconds.
TIMEOUT = 300

# What every run checks.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
# The runs, with the arguments of the sandbox, those of schemathesis, and further checks.
RUNS = {
    "accounts": (
        [],
        ["--mode", "all"],
        [
            "negative_data_rejection",
            "missing_required_header",
            "unsupported_method",
            "allow_header_conformance",
            "ignored_auth",
            "use_after_free",
            "ensure_resource_availability",
        ],
    ),
    "examples": (["--examples-only"], ["--mode", "positive"], ["positive_data_acceptance"]),
}
OFF = [
    (
        "positive_data_acceptance, with accounts",
        "accounts refuse unknown ids, duplicates and what a document says in words only; without accounts it is on",
    ),
    ("object_level_authorization", "every account of the sandbox has one set of credentials"),
    ("rate limits", "a response 429 would say nothing about the request"),
]
ADAPTED = [
    ("x-not-found-statuses", "their statuses count as documented"),
    ("x-form-json", "fields with it are sent as JSON text"),
    ("multipart", "additional parts whose name is empty or not printable ASCII are left out: such a name can't be written"),
]


@contextlib.contextmanager
def sandbox(provider, arguments, accepted):
    """A sandbox, as the environment for its clients. Counts the operations of the requests that it accepts."""
    command = [os.environ["SANDBOX"], "--port", "0", "--log", "json", "--without-rate-limits", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        environment = dict(os.environ)
        for line in process.stdout:
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                environment[name] = value
            elif "http://127.0.0.1:" in line and line.rstrip().endswith("/"):
                environment["SANDBOX_URL"] = line.split()[-1].rstrip("/")
            elif "Ctrl-C" in line:
                break
        log = threading.Thread(target=count, args=(process.stdout, provider, accepted))
        log.start()
        environment["ENGAGEONE_TOKEN"] = token(environment)
        yield environment
    finally:
        process.terminate()
        process.wait()
    log.join()


def count(log, provider, accepted):
    for line in log:
        request = json.loads(line)
        if request["provider"] == provider and 200 <= request["status"] < 300:
            accepted[request["operation"]] += 1


def token(environment):
    """A token of EngageOne."""
    names = {"customer_id": "CUSTOMER_ID", "client_id": "CLIENT_ID", "secret": "SECRET"}
    body = {field: environment[f"ENGAGEONE_{name}"] for field, name in names.items()}
    request = urllib.request.Request(
        environment["ENGAGEONE_USERS_URL"] + "/authenticate",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def check(provider, run):
    """Runs schemathesis once: the line of the table, its output, and the findings that were left out."""
    arguments, options, checks = RUNS[run]
    report = REPORTS / f"{provider}-{run}.json"
    excluded = report.with_suffix(".excluded")
    excluded.touch()
    started = time.monotonic()
    accepted = Counter()
    with sandbox(provider, arguments, accepted) as environment:
        environment["EXCLUDED"] = str(excluded)
        command = [SCHEMATHESIS, "--config-file", SETTINGS, "run", SPECS / f"{provider}.yaml"]
        command += ["--checks", ",".join(CHECKS + checks), *options, "--no-color"]
        command += ["--report", "json", "--report-json-path", report]
        finished = subprocess.run(
            command, cwd=FOLDER, env=environment, timeout=TIMEOUT, text=True, capture_output=True, check=False
        )
    output = finished.stdout + finished.stderr
    if not report.exists():
        raise RuntimeError(f"schemathesis broke off:\n{output}")
    result = json.loads(report.read_text())
    operations, cases = result["operations"], result["test_cases"]
    left_out = Counter(line.split("\t")[0] for line in excluded.read_text().splitlines())
    # Schemathesis fails too if it couldn't test an operation.
    findings = cases["unique_failures"] + cases["errored"] + operations["errored"]
    if finished.returncode and not findings:
        findings = 1
    line = (
        provider,
        run,
        f"{operations['tested']}/{operations['total']}",
        cases["generated"],
        sum(accepted.values()),
        f"{len(accepted)}/{operations['total']}",
        findings,
        sum(left_out.values()),
        round(time.monotonic() - started),
    )
    return line, output, left_out


def providers():
    """The providers for whose documents there are settings. Prints which others there are."""
    titles = {project["title"] for project in tomllib.loads(SETTINGS.read_text())["project"]}
    for path in sorted(SPECS.glob("[!.]*.yaml")):
        title = yaml.safe_load(path.read_text())["info"]["title"]
        if title in titles:
            yield path.stem
        else:
            print(f"skipped: {SETTINGS.name} has no project with the title {title}")


def main():
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    lines, left_out = [], Counter()
    pairs = [(provider, run) for provider in sys.argv[1:] or providers() for run in RUNS]
    # Two at once: each has a sandbox of its own.
    with ThreadPoolExecutor(2) as pool:
        for line, output, some_left_out in pool.map(lambda pair: check(*pair), pairs):
            lines.append(line)
            left_out += some_left_out
            if line[FINDINGS]:
                print(output)
    # Accepted: requests with a success status, and operations that had one. Checks send some requests of their own.
    titles = ("provider", "run", "operations", "requests", "accepted", "operations", "findings", "left out", "seconds")
    for line in [titles, *lines]:
        print(f"{line[0]:12}{line[1]:9}" + "".join(f"{cell:>11}" for cell in line[2:]))
    print("\nOff:")
    for name, why in OFF:
        print(f"  {name}: {why}")
    print("Adapted:")
    for name, why in ADAPTED:
        print(f"  {name}: {why}")
    print("Left out:")
    for name, why, _ in hooks.EXCLUSIONS:
        print(f"  {name} ({left_out[name]}): {why}")
    failed = sum(bool(line[FINDINGS]) for line in lines)
    untested = [line[0] for line in lines if len(set(line[2].split("/"))) > 1]
    if untested:
        print(f"Not all operations were tested: {', '.join(untested)}")
    print(f"\n{len(lines) - failed} passed, {failed} failed")
    sys.exit(bool(failed or untested))


if __name__ == "__main__":
    main()
