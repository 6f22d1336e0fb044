"""Migrations expand: the release before works with what they make, and nobody waits for them."""

import re
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).resolve().parents[3] / "infrastructure/postgres/migrations").glob("*.sql"))
LARGE = ("moments", "clips", "chat_counts", "streams", "coverage", "emote_minutes", "emote_days")
# What the release before may still use. A file that removes it names the release that stopped using it.
CONTRACTS = re.compile(
    r"\bDROP\s+(?:TABLE|VIEW|COLUMN|FUNCTION|TYPE|SCHEMA)\b|\bRENAME\s+COLUMN\b|ALTER\s+(?:TABLE|VIEW)[^;]*\bRENAME\b"
    r"|\bSET\s+NOT\s+NULL\b|ALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE\b"
    r"|ADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+[^,;]*\bNOT\s+NULL\b(?![^,;]*\bDEFAULT\b)"
)
UNUSED = re.compile(r"^-- contract: unused since \d{4}-\d\d-\d\d", re.MULTILINE)


def statements(file: Path) -> str:
    """The file without its comments, and without what functions do later."""
    without = re.sub(r"--[^\n]*", "", file.read_text())
    return re.sub(r"(?s)(CREATE (?:OR REPLACE )?FUNCTION[^;]*?)AS \$\$.*?\$\$", r"\1", without)


def index_of_large(text: str) -> list[str]:
    """Indexes that are made of large tables while these are locked."""
    made = set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", text))
    found = re.findall(r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?(\w+)\s+ON (\w+)", text)
    return [name for name, table in found if table in LARGE and table not in made]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_that_the_release_before_uses_goes(file: Path) -> None:
    assert not CONTRACTS.search(statements(file)) or UNUSED.search(file.read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_large_tables_are_indexed_beside_other_work(file: Path) -> None:
    assert index_of_large(statements(file)) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_rows_of_large_tables_are_written_in_batches(file: Path) -> None:
    for block in re.split(r"(?m)^(?=UPDATE|DELETE)", statements(file))[1:]:
        table = re.match(r"(?:UPDATE|DELETE FROM) (\w+)", block)
        assert table
        assert table[1] not in LARGE, "a loop of transactions, as in 0010"


@pytest.mark.parametrize("file", [file for file in FILES if "CONCURRENTLY" in file.read_text()], ids=lambda f: f.stem)
def test_what_stands_outside_of_a_transaction_can_be_run_again(file: Path) -> None:
    text = statements(file)
    assert "\n-- transactional: false\n" in file.read_text()
    assert re.search(r"SET lock_timeout = 0;", text)
    for name in re.findall(r"CREATE INDEX CONCURRENTLY (\w+)", text):
        assert f"DROP INDEX CONCURRENTLY IF EXISTS {name};" in text
    once = re.findall(r"CREATE (?:TABLE|VIEW|FUNCTION) (?!IF NOT EXISTS)(\w+)|ADD COLUMN (?!IF NOT EXISTS)(\w+)", text)
    assert once == []


@pytest.mark.parametrize(
    ("text", "removes"),
    [
        ("ALTER TABLE moments DROP COLUMN cause;", True),
        ("ALTER TABLE moments RENAME TO bursts;", True),
        ("ALTER TABLE moments ADD COLUMN a text NOT NULL;", True),
        ("ALTER TABLE moments ADD COLUMN a text NOT NULL DEFAULT '';", False),
        ("ALTER TABLE moments ALTER COLUMN a SET NOT NULL;", True),
        ("ALTER INDEX a_next RENAME TO a;", False),
    ],
)
def test_the_pattern_sees_what_removes(text: str, removes: bool) -> None:
    assert bool(CONTRACTS.search(text)) == removes
