#!/usr/bin/env python3
"""A container's health check: `probe URL [TEXT]` fails unless URL answers 200, and holds TEXT where one is given."""

import sys
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 4


def problem(url: str, text: str) -> str:
    """What is wrong with `url`; empty where nothing is."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  # nosec B310  # our address
            body = answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return f"{error.code}: {error.read().decode(errors='replace')}"
    except OSError as error:
        return str(error)
    return "" if text in body else f"{text!r} is not in the answer: {body[:500]}"


if __name__ == "__main__":
    found = problem(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
    sys.exit(found or 0)
