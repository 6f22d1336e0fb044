"""Reads what pip-audit and npm say about a set of packages. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class NoAnswerError(RuntimeError):
    """The tool did not say what it knows; the text is what it said instead."""


@dataclass(frozen=True)
class Answer:
    """The advisories that apply, as id -> the line to print; and the packages that nobody could say anything about."""

    advisories: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def parsed(text: str) -> dict[str, Any]:
    """Return the JSON object in what a tool printed. Raises NoAnswerError with its last line."""
    begin = text.find("{")
    try:
        value = json.loads(text[begin:]) if begin >= 0 else None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NoAnswerError(next((line for line in reversed(text.splitlines()) if line.strip()), "it printed nothing"))
    return value


def read_pip_audit(text: str) -> Answer:
    """Read `pip-audit --format json`. Raises NoAnswerError."""
    try:
        packages = parsed(text)["dependencies"]
        found = {
            each["id"]: f"{package['name']} {package['version']}: {each['id']}{_fixed(each.get('fix_versions', []))}"
            for package in packages
            for each in package.get("vulns", [])
        }
        unknown = tuple(package["name"] for package in packages if "skip_reason" in package)
    except (KeyError, TypeError) as error:
        raise NoAnswerError(f"no answer of pip-audit: {text.strip()[-200:]}") from error
    return Answer(found, unknown)


def _fixed(versions: list[str]) -> str:
    return f", fixed in {', '.join(versions)}" if versions else ", not fixed yet"


def read_npm_audit(text: str) -> Answer:
    """Read `npm audit --json`. Raises NoAnswerError."""
    answer = parsed(text)
    try:
        affected = answer["vulnerabilities"].values()
        sources = [each for package in affected for each in package["via"] if isinstance(each, dict)]
        found = {each["url"].rsplit("/", 1)[-1]: f"{each['name']}: {each['title']}, {each['url']}" for each in sources}
    except (KeyError, TypeError, AttributeError) as error:
        raise NoAnswerError(str(answer.get("message", "no answer of npm"))) from error
    return Answer(found)


def accepted_ids(text: str) -> dict[str, str]:
    """Read the file of accepted advisories: id -> reason. Raises ValueError for one without a reason."""
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if bare := [words[0] for words in lines if len(words) < 2]:
        raise ValueError(f"accepted without a reason: {', '.join(bare)}")
    return {words[0]: words[1] for words in lines}
