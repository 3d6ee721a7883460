"""PyPI webengage-migration: WebEngage's tool for uploads of users and events from CSV, by its command line."""

import csv
import os
import subprocess
import sys
import tempfile

from checks import Checks, expect

checks = Checks("webengage-migration 0.2.0")
folder = tempfile.TemporaryDirectory()


def upload(kind, rows):
    """Uploads rows, the first of which names the columns. Gives the tool's summary, by line."""
    name = os.path.join(folder.name, f"{kind}.csv")
    with open(name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    command = [sys.executable, "-m", "historical_data_migration.migration", "-f", name, "--migrate", kind]
    command += ["-lc", os.environ["WEBENGAGE_LICENSE_CODE"]]
    settings = {"WE_API_BASE_URL": os.environ["WEBENGAGE_BASE_URL"], "WE_API_KEY": os.environ["WEBENGAGE_API_KEY"]}
    settings["PYTHONIOENCODING"] = "utf-8"
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, encoding="utf-8", timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr or done.stdout)
    lines = (line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in lines}


def users():
    header = ["userId", "firstName", "birthDate", "gender", "email", "emailOptIn", "city", "country", "points", "vip", "tags"]
    row = ["Ada", "1986-08-19", "female", "ada@example.com", "true", "London", "UK", "12", "true", '["a", "b"]']
    summary = upload("users", [header] + [[f"u-{at}"] + row for at in range(30)])
    expect(summary, {"Rows in file": "30", "Queued by WebEngage": "30", "Rejected by API": "0", "API requests / 429 responses": "2 / 0"})


def events():
    header = ["userId", "eventName", "eventTime", "amount", "details"]
    row = ["u-1", "Order placed", "2024-03-01T09:15:00+0000", "12.5", '{"sku": "a1"}']
    summary = upload("events", [header, row])
    expect(summary, {"Rows in file": "1", "Queued by WebEngage": "1", "Rejected by API": "0"})


checks.check("30 users in two calls", users)
checks.check("an event", events)
folder.cleanup()
checks.end()
