"""The site's script: built from its sources as they are, small, and without texts of its own."""

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

from api_frontend.text.script_words import all_words, script_words

REPOSITORY = Path(__file__).resolve().parents[3]
BROWSER = REPOSITORY / "services" / "api_frontend" / "browser"
SCRIPT = REPOSITORY / "services" / "api_frontend" / "static" / "site.js"
SOURCES = sorted((BROWSER / "src").glob("*.ts"))
MOST_BYTES = 60_000  # compressed: issue 15
FILE_LINES = 300
SAID = re.compile(r"\bsay\(\s*(?:[^()\"]*\? )?\"(\w+)\"(?: : \"(\w+)\")?")  # say("key"), say(is_one ? "key" : "other")
BUILT = re.compile(r"\bsay\(`(\w+_)\$\{")  # say(`day_${number}`)
SENTENCE = re.compile(r"[\"'`][A-Z][a-z]+(?: [a-z]+)+[\"'`.,!?…]")


def built(folder: Path) -> bytes:
    """Build the script afresh, with the packages that the lock names."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    packages = BROWSER / "node_modules" / "stamp"
    make = ["make", "--silent", str(packages.relative_to(REPOSITORY))]
    subprocess.run(make, cwd=REPOSITORY, env=environment, check=True)
    subprocess.run(["node", "build.mjs", str(folder / "site.js")], cwd=BROWSER, check=True)
    return (folder / "site.js").read_bytes()


def test_the_committed_script_is_what_its_sources_make(tmp_path: Path) -> None:
    assert built(tmp_path) == SCRIPT.read_bytes(), "make bundle, and commit services/api_frontend/static/site.js"


def test_the_script_is_small() -> None:
    assert len(gzip.compress(SCRIPT.read_bytes(), 5)) <= MOST_BYTES


def test_a_source_has_at_most_300_lines() -> None:
    lengths = {path.name: path.read_text().count("\n") for path in SOURCES}
    assert len(lengths) > 10
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_the_script_says_what_pages_bring_and_nothing_else() -> None:
    text = "".join(path.read_text() for path in SOURCES)
    keys = {key for found in SAID.findall(text) for key in found if key}
    begins = tuple(BUILT.findall(text))
    assert keys | {key for key in all_words() if key.startswith(begins)} == set(all_words())
    assert all(any(key.startswith(begin) for key in all_words()) for begin in begins)


def test_the_sources_hold_no_sentence() -> None:
    assert SENTENCE.search('say("Copy link")')
    found = {path.name: SENTENCE.findall(path.read_text()) for path in SOURCES}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_words_are_json_that_cannot_end_their_element() -> None:
    assert json.loads(script_words()) == all_words()
    assert "<" not in script_words()
    assert all_words()["people_at"] == ["{count} person at {time}", "{count} people at {time}"]


def test_the_lock_names_versions_and_no_host() -> None:
    lock = (BROWSER / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert lock.count('"integrity"') == lock.count('"version"') > 10
