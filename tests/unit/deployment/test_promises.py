"""docs/operations_promises.md names files and tests that exist, and leaves none of the promised subjects out."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from .manual import REPOSITORY, text

PAGE = text("docs/operations_promises.md")
ROW = re.compile(r"^\| (?P<promise>.+?) \| `(?P<file>[^`]+)` \| (?P<kept>`tests/.+) \|$", re.MULTILINE)
TEST_FILE = re.compile(r"`(tests/[\w/.]+)`: ((?:`test_\w+`(?:, )?)+)")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SUBJECTS = (
    "deploy", "rollback", "alert", "metric", "log", "backup", "restore", "tls", "firewall", "limited in rate",
    "temperature", "blue-green", "infrastructure as code", "raspberry pi",
)  # fmt: skip


def rows() -> list[re.Match[str]]:
    return list(ROW.finditer(PAGE))


@cache
def names_in(file: Path) -> set[str]:
    return {each.name for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, FUNCTIONS)}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["promise"][:60])
def test_the_file_and_each_test_exist(row: re.Match[str]) -> None:
    assert (REPOSITORY / row["file"]).exists(), row["file"]
    named = TEST_FILE.findall(row["kept"])
    assert named, row["kept"]
    assert TEST_FILE.sub("", row["kept"]).strip(", ") == "", "all of the cell was understood"
    for file, names in named:
        missing = set(re.findall(r"`(test_\w+)`", names)) - names_in(REPOSITORY / file)
        assert not missing, f"{file}: {missing}"


def test_no_row_is_left_out_of_the_check() -> None:
    lines = [line for line in PAGE.partition("\n## ")[2].splitlines() if line.startswith("| ")]
    assert len(rows()) == len([line for line in lines if line != "| promised | by | kept by |"])
    assert len(rows()) > 60


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_promised_subject_has_a_row(subject: str) -> None:
    assert subject in PAGE.partition("\n## ")[2].lower()


def test_the_targets_that_run_them_exist() -> None:
    made = "".join(text(name) for name in ("Makefile", "infrastructure/deployment.mk", "infrastructure/delivery.mk"))
    for target in re.findall(r"`make ([a-z0-9-]+)`", PAGE):
        assert re.search(rf"^{target}:", made, re.MULTILINE), target
