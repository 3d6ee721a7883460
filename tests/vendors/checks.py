"""Checks of a client, each with a line of its own."""

import sys
import traceback


class Checks:
    def __init__(self, client):
        self.client = client
        self.failed = False

    def _run(self, action):
        try:
            action()
        except AssertionError as error:
            return str(error) or traceback.format_exc(limit=-1)
        except Exception as error:  # Whatever a client raises is the outcome of its check.
            return f"{type(error).__name__}: {error}"
        return None

    def check(self, name, action):
        """A check that must stand."""
        problem = self._run(action)
        self.failed = self.failed or problem is not None
        print(f"{self.client}: {name}: {problem or 'ok'}")

    def wrong(self, name, why, text, action):
        """A check that can't stand, because the client is wrong: it fails with this text."""
        problem = self._run(action)
        known = problem is not None and text in problem
        self.failed = self.failed or not known
        print(f"{self.client}: {name}: " + (f"the client is wrong: {why}" if known else f"{problem or 'ok'}, although it was known as wrong: {why}"))

    def end(self):
        sys.exit(1 if self.failed else 0)


def expect(actual, expected):
    """Fails unless a value has the expected fields."""

    def has(actual, expected):
        if not isinstance(expected, dict):
            return actual == expected
        return isinstance(actual, dict) and all(name in actual and has(actual[name], value) for name, value in expected.items())

    if not has(actual, expected):
        raise AssertionError(f"{actual!r} instead of {expected!r}")
