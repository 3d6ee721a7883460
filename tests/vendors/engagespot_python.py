"""PyPI engagespot: Engagespot's client for backends."""

import os

from checks import Checks, expect
from engagespot.client import Engagespot

checks = Checks("engagespot 1.1.0 (PyPI)")
key, secret = os.environ["ENGAGESPOT_API_KEY"], os.environ["ENGAGESPOT_API_SECRET"]
root = os.environ["ENGAGESPOT_BASE_URL"] + "/v3"
client = Engagespot(base_url=root, api_key=key, api_secret=secret, data_region=None)


def user_with_profile():
    answer = client.create_or_update_user("ada", {"email": "ada@example.com"})
    expect(answer, {"success": True, "message": {"identifier": "ada"}})


def user_without_profile():
    expect(client.create_or_update_user("grace"), {"success": True, "message": {"identifier": "grace"}})


def send():
    answer = client.send({"notification": {"title": "Shipped"}, "sendTo": {"recipients": ["ada"]}})
    expect(answer, {"success": True})
    expect(list(answer["message"]), ["requestId"])


def send_with_null():
    answer = client.send({"notification": {"title": "Shipped"}, "data": None, "sendTo": {"recipients": ["ada"]}})
    expect(answer, {"success": True})


def error():
    answer = client.send({"notification": {"title": "Shipped"}})
    expect(answer, {"success": False, "message": {"message": ["sendTo should not be empty"]}})


def another_host():
    expect(Engagespot(base_url=root, api_key=key, api_secret=secret).base_url, root)


checks.check("a user with a profile", user_with_profile)
checks.check("a user without a profile", user_without_profile)
checks.check("a send", send)
checks.check("a send with null as data", send_with_null)
checks.check("an error", error)
checks.wrong("base_url without data_region", "the region's default replaces the given URL", "api.engagespot.co", another_host)
checks.end()
