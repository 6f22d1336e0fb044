"""Templates write no clip address as it was stored: in a demo it is the simulator's, which visitors do not reach."""

import re
from pathlib import Path

import pytest

import api_frontend

TEMPLATES = sorted((Path(api_frontend.__file__).parent / "templates").iterdir())
STORED = re.compile(r"(\w+\()?\b(?:moment\.)?clip\.(?:url|embed_url|thumbnail_url)\b")
SAFE = {"outward(", "embed_address("}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_clips_addresses_are_those_a_visitor_reaches(template: Path) -> None:
    assert {found[1] for found in STORED.finditer(template.read_text())} <= SAFE


def test_some_are_found() -> None:
    assert sum(len(STORED.findall(template.read_text())) for template in TEMPLATES) > 5
