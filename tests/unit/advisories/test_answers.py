"""What pip-audit and npm say is read, and silence is never taken for an answer."""

import json
from pathlib import Path

import pytest

from advisories import main
from advisories.answers import Answer, NoAnswerError, accepted_ids, read_npm_audit, read_pip_audit

KNOWN = {
    "dependencies": [
        {"name": "jinja2", "version": "2.4.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.7.2"], "aliases": []}]},
        {"name": "attrs", "version": "25.4.0", "vulns": []},
    ],
    "fixes": [],
}
SKIPPED = {"dependencies": [{"name": "jinja2", "skip_reason": "Dependency not found on PyPI"}], "fixes": []}
LODASH = {
    "vulnerabilities": {
        "lodash": {
            "via": [{"name": "lodash", "title": "Prototype pollution", "url": "https://x.example/advisories/GHSA-1"}]
        },
        "other": {"via": ["lodash"]},
    }
}
REFUSED = {"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": ""}}


def test_advisories_of_python_are_read() -> None:
    text = f"Found 1 known vulnerability\n{json.dumps(KNOWN)}\n"
    assert read_pip_audit(text) == Answer({"PYSEC-1": "jinja2 2.4.1: PYSEC-1, fixed in 2.7.2"})
    assert read_pip_audit(json.dumps(SKIPPED)).unknown == ("jinja2",)


def test_advisories_of_npm_are_read() -> None:
    found = read_npm_audit(json.dumps(LODASH)).advisories
    assert found == {"GHSA-1": "lodash: Prototype pollution, https://x.example/advisories/GHSA-1"}
    assert read_npm_audit('{"vulnerabilities": {}}') == Answer()


@pytest.mark.parametrize("read", [read_pip_audit, read_npm_audit])
@pytest.mark.parametrize("text", ["", "\n", "Traceback\nrequests.ConnectionError: no route\n", "[]", "{", "{}", "null"])
def test_silence_is_no_answer(read, text: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NoAnswerError):
        read(text)


def test_the_reason_is_told() -> None:
    with pytest.raises(NoAnswerError, match="no route"):
        read_pip_audit("Traceback\nrequests.ConnectionError: no route\n\n")
    with pytest.raises(NoAnswerError, match="405 Method Not Allowed"):
        read_npm_audit(json.dumps(REFUSED))


def source(canary: Answer, ours: Answer) -> main.Source:
    """A source that says the same of its canary and of our lock each time."""
    return main.Source(
        name="PyPI",
        command=lambda lock: ["echo", lock.name],
        read=lambda text: canary if text.strip() == "canary.txt" else ours,
        canary=main.REPOSITORY / "canary.txt",
        ours=(Path("ours.txt"), Path("others.txt")),
    )


BAD = Answer({"PYSEC-1": "jinja2 2.4.1: PYSEC-1"})


def test_a_clean_answer_counts_only_where_the_canary_is_known_to_be_bad() -> None:
    assert main.report(source(BAD, Answer()), {}) == (0, ["PyPI: no known vulnerability"])
    code, lines = main.report(source(Answer(), Answer()), {})
    assert code == main.NO_DATA
    assert "there is no advisory data" in lines[0]
    code, lines = main.report(source(BAD, Answer(unknown=("attrs",))), {})
    assert (code, lines) == (main.NO_DATA, ["PyPI: nobody knows about attrs"])


def test_what_is_found_is_told_once_unless_it_was_accepted() -> None:
    assert main.report(source(BAD, BAD), {}) == (main.FOUND, ["PyPI: jinja2 2.4.1: PYSEC-1"])
    code, lines = main.report(source(BAD, BAD), {"PYSEC-1": "no template of strangers"})
    assert (code, lines) == (0, ["PyPI: accepted: jinja2 2.4.1: PYSEC-1 (no template of strangers)"])


def test_what_is_accepted_has_a_reason() -> None:
    assert accepted_ids("# none\n\nGHSA-1  tests alone\n") == {"GHSA-1": "tests alone"}
    with pytest.raises(ValueError, match="GHSA-2"):
        accepted_ids("GHSA-2\n")
    assert isinstance(accepted_ids((main.HERE / "accepted.txt").read_text()), dict)


def test_each_version_is_asked_about_once() -> None:
    first = "attrs==25.4.0 \\\n    --hash=sha256:00\nidna==3.1\n"
    assert main.single_pins([first, "idna==3.1\nattrs==26.1.0 \\\n    --hash=sha256:11\n"]) == [
        "attrs==25.4.0\nidna==3.1\n",
        "attrs==26.1.0\n",
    ]
    with main.python_locks() as paths:
        pinned = [line for path in paths for line in path.read_text().splitlines()]
    assert len(pinned) == len(set(pinned)) > 150
    wanted = {"==".join(pin) for lock in main.LOCKS for pin in main.PIN.findall(lock.read_text())}
    assert wanted == set(pinned)


def test_all_locks_are_asked_about() -> None:
    asked = {*main.LOCKS, *main.NPM_FOLDERS}
    locks = set((main.REPOSITORY / "infrastructure/requirements").glob("*.txt"))
    folders = {
        path.parent
        for folder in ("services", "tests", "infrastructure")
        for path in (main.REPOSITORY / folder).rglob("package-lock.json")
        if "node_modules" not in path.parts
    }
    assert asked == locks | folders
