"""Folders stay small enough to be read as a table of contents."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
ROOTS = ("libraries", "services", "tools", "infrastructure")
FILES_LIMIT = 20  # Python files in a folder


def folders() -> list[Path]:
    """All folders with Python files, but tests and `views`, where each file is a page."""
    found = {path.parent for root in ROOTS for path in (REPOSITORY / root).rglob("*.py")}
    return sorted(folder for folder in found if folder.name != "views")


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(REPOSITORY)))
def test_a_folder_has_at_most_20_python_files(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= FILES_LIMIT
