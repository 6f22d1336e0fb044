"""A moment's new scalar field touches contract, producer and template: recorder and website pass it on as they are."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess

import api_frontend
import contracts
from api_frontend.settings import ApiSettings

CONTRACT = Path(contracts.__file__).parent
WEBSITE = Path(api_frontend.__file__).parent
CONTRACT_LINE = "    stream_id: str | None = None\n"
NEW_LINE = '    hype: Annotated[float | None, Meta(description="how hyped the chat is")] = None\n'
TEMPLATE_LINE = "<div><dt>{% trans %}score{% endtrans %}</dt>"
RECORD = """
import sys
from integration.support.recorder_writer import Writer, example
Writer(sys.argv[1]).write("moments", example("moments", "closed"))
"""


def edit(file: Path, old: str, new: str) -> None:
    """Replace text that has to be there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the contract with a new field and its example."""
    copy: Path = shutil.copytree(CONTRACT, tmp_path_factory.mktemp("contract") / CONTRACT.name)
    edit(copy / "moments.py", CONTRACT_LINE, NEW_LINE + CONTRACT_LINE)
    edit(copy / "examples" / "moments" / "closed.json", '"mood": "laughter"', '"mood": "laughter",\n "hype": 87.5')
    return copy.parent


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the website whose moment page shows the field."""
    copy: Path = shutil.copytree(WEBSITE, tmp_path_factory.mktemp("website") / WEBSITE.name)
    new = "<div><dt>hype</dt><dd>{{ document.hype }}</dd></div>"
    edit(copy / "templates" / "moment.html", TEMPLATE_LINE, new + TEMPLATE_LINE)
    return copy.parent


@pytest.fixture(scope="module")
def recorded(postgres_of_module: str, contract: Path) -> str:
    """A database with the example, written by the recorder's code as it is."""
    subprocess.run(
        [sys.executable, "-c", RECORD, postgres_of_module], env=environment(contract), check=True, timeout=60
    )
    rows = Rows(postgres_of_module)
    rows.progress()
    rows.close()
    return postgres_of_module


def environment(*first: Path) -> dict[str, str]:
    """The environment in which these folders' packages come first."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, [*first, *filter(None, sys.path)]))}


def test_a_new_field_is_in_the_api_and_on_the_page(
    recorded: str, contract: Path, template: Path, tmp_path: Path
) -> None:
    moment_id = json.loads((contract / "contracts" / "examples" / "moments" / "closed.json").read_text())["moment_id"]
    path = environment(contract, template)["PYTHONPATH"]
    settings = {"PYTHONPATH": path, "API_HIDDEN_WORDS": str(ApiSettings().hidden_words)}
    with SiteProcess(recorded, tmp_path, **settings) as site, httpx.Client(base_url=site.url) as http:
        assert http.get(f"/api/v1/moments/{moment_id}").json()["hype"] == 87.5
        assert http.get("/api/v1/moments").json()["items"][0]["hype"] == 87.5
        assert "<dt>hype</dt><dd>87.5</dd>" in http.get(f"/moments/{moment_id}").text
        for model in ("MomentModel", "MomentDetail"):
            described = http.get("/openapi.json").json()["components"]["schemas"][model]["properties"]["hype"]
            assert described["description"] == "how hyped the chat is"
            assert described["anyOf"] == [{"type": "number"}, {"type": "null"}]
        assert "how hyped the chat is" in http.get("/docs").text


def test_a_website_of_the_version_before_passes_it_on(recorded: str, tmp_path: Path) -> None:
    """Machine A may be behind machine B: what its contract does not know is answered, and announced as possible."""
    with SiteProcess(recorded, tmp_path) as site, httpx.Client(base_url=site.url) as http:
        assert http.get("/api/v1/moments").json()["items"][0]["hype"] == 87.5
        schema = http.get("/openapi.json").json()["components"]["schemas"]["MomentModel"]
        assert "hype" not in schema["properties"]
        kinds = {kind["type"] for kind in schema["additionalProperties"]["anyOf"]}
        assert kinds == {"string", "integer", "number", "boolean", "null"}
