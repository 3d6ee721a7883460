"""PyPI engagesdk: Engage's client."""

import os

import engagesdk
from checks import Checks, expect
from engagesdk import Engage

checks = Checks("engagesdk 1.1")
engagesdk.API_URL = os.environ["ENGAGE_BASE_URL"]
users = Engage(os.environ["ENGAGE_API_KEY"], os.environ["ENGAGE_API_SECRET"]).users


def identify():
    user = users.identify({"id": "1234", "email": "ada@example.com", "plan": "team"})
    expect(user, {"uid": "1234", "email": "ada@example.com", "meta": {"plan": "team"}})


def attributes():
    user = users.add_attribute("1234", {"first_name": "Ada", "active": True})
    expect(user, {"uid": "1234", "first_name": "Ada", "meta": {"plan": "team", "active": True}})


def events():
    expect(users.track("1234", "loggedin"), {"status": "ok"})
    expect(users.track("1234", {"event": "played", "value": "vid_133", "referral": "localhost"}), {"status": "ok"})


def conversion():
    users.identify({"id": "abcd"})
    expect(users.convert_to_account("abcd"), {"is_account": True})
    expect(users.convert_to_customer("abcd"), {"is_account": False})


def accounts():
    expect(users.add_to_account("1234", "abcd", None), {"accounts": [{"id": "abcd", "role": None}]})
    expect(users.change_account_role("1234", "abcd", "owner"), {"accounts": [{"id": "abcd", "role": "owner"}]})
    expect(users.change_account_role("1234", "abcd", None), {"accounts": [{"id": "abcd", "role": None}]})
    expect(users.remove_from_account("1234", "abcd"), {"accounts": []})


def lists():
    users.identify({"id": "1234", "lists": []})


checks.check("identify", identify)
checks.check("attributes", attributes)
checks.check("events", events)
checks.check("conversion", conversion)
checks.check("a customer as account, a role and none", accounts)
no_type = "it compares the type's name with `lists`, which no type has"
checks.wrong("identify with lists", no_type, "Please pass an array of lists", lists)
checks.end()
