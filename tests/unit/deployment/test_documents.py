"""The documents link to what exists, and the map names every room of the house."""

import re

import pytest

from .manual import REPOSITORY, commands, text

ROOTS = ("", "services", "services/stream_monitoring", "services/api_frontend", "services/discord_bot")
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "DEPLOYMENT.md",
    "OPERATIONS.md",
    "docs/architecture.md",
    "docs/detection.md",
    "docs/causes.md",
    "docs/discord.md",
    "docs/operations_promises.md",
    "docs/raspberry_pi.md",
    "tools/discord_simulator/README.md",
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)\)", text(document)):
        if "://" not in link:
            assert ((REPOSITORY / document).parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_exist(document: str) -> None:
    makefiles = ("Makefile", "infrastructure/deployment.mk", "infrastructure/delivery.mk")
    targets = set(re.findall(r"^([a-z0-9-]+):", "".join(text(file) for file in makefiles), re.MULTILINE))
    for line in commands(text(document)):
        for target in re.findall(r"(?:^|\s)make ([a-z0-9-]+)", line):
            assert target in targets, line


@pytest.mark.parametrize("folder", ["libraries", "services", "tools"])
def test_the_map_names_every_room_and_no_other(folder: str) -> None:
    rooms = {f"{folder}/{path.parent.name}" for path in (REPOSITORY / folder).glob("*/__init__.py")}
    assert set(re.findall(rf"^\| `({folder}/\w+)` \|", text("docs/architecture.md"), re.MULTILINE)) == rooms


@pytest.mark.parametrize("document", ["docs/architecture.md", "CONTRIBUTING.md", "docs/causes.md", "docs/detection.md"])
def test_documents_name_files_that_exist(document: str) -> None:
    files = re.findall(r"`(\w[\w-]*/[\w/.-]*)`", text(document))
    assert files
    for file in files:
        assert any((REPOSITORY / root / file).exists() for root in ROOTS), file


def test_the_readme_shows_one_small_picture() -> None:
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text("README.md"))
    assert 20_000 < (REPOSITORY / picture).stat().st_size < 300_000
