"""What is hidden and who has opted out is nowhere on the site at once; reports remove nothing."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from integration.api_frontend.test_live_updates import OpenPage
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.database import as_role
from psycopg.conninfo import make_conninfo

from embedded.processes.waiting import wait_for
from recorder import hiding, operator_command, opt_out

PATHS = (
    "/best?order=newest",
    "/best?period=all",
    "/best?q=luna",
    "/best?clips=1&order=newest",
    "/best?shadow=1",
    "/api/v1/moments",
    "/api/v1/moments?order=best",
    "/api/v1/clips",
    "/api/v1/moments?shadow=1",
)


@pytest.fixture(autouse=True)
def logs_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command sets the process's logs; here that is the tests' process, whose output changes."""
    monkeypatch.setattr(operator_command.logs, "configure", lambda *_: None)


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[Rows]:
    rows = Rows(postgres_of_module)
    yield rows
    rows.close()


@pytest.fixture
def site(postgres_of_module: str, rows: Rows, tmp_path: Path) -> Iterator[SiteProcess]:
    rows.clear()
    rows.show_everything()
    rows.channel("11", "lunaplays")
    for moment_id in ("kept", "nasty"):
        rows.moment(moment_id)
        rows.clip(moment_id, "made")
        rows.moment(f"{moment_id}-trial", shadow=True)
    rows.progress()
    with SiteProcess(postgres_of_module, tmp_path, API_REPORT_LIMIT="3/hour") as site:
        wait_for("the site listens", site.is_listening, 30)
        yield site


@pytest.fixture
def recorder(postgres_of_module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the operator's commands."""
    monkeypatch.setenv("POSTGRES_DSN", make_conninfo(as_role(postgres_of_module, "recorder")))


def mentions(site: SiteProcess, moment_id: str) -> set[str]:
    """The paths that mention the moment."""
    return {path for path in PATHS if f"{moment_id}" in httpx.get(site.url + path).raise_for_status().text}


@pytest.mark.usefixtures("recorder")
def test_a_hidden_moment_is_nowhere_and_comes_back(site: SiteProcess, capsys: pytest.CaptureFixture[str]) -> None:
    before = mentions(site, "nasty")
    assert before == set(PATHS)
    open_page = OpenPage(site.url, "?order=newest")
    for moment_id in ("nasty", "nasty-trial"):
        assert hiding.main(["add", f"http://localhost:5000/moments/{moment_id}?shadow=1", "--why", "an address"]) == 0
    assert open_page.wait_for("gone", "nasty").data == {"id": "nasty", "channel": ""}
    open_page.close()
    assert mentions(site, "nasty") == set()
    assert mentions(site, "kept") == set(PATHS)
    for path in ("/moments/nasty", "/moments/nasty-trial?shadow=1", "/api/v1/moments/nasty"):
        assert httpx.get(site.url + path).status_code == 404
    assert hiding.main(["list"]) == 0
    assert "an address" in capsys.readouterr().out
    for moment_id in ("nasty", "nasty-trial"):
        assert hiding.main(["remove", moment_id]) == 0
    assert mentions(site, "nasty") == before


def test_a_page_that_was_away_hears_what_was_hidden_meanwhile(site: SiteProcess, rows: Rows) -> None:
    page = OpenPage(site.url, "?order=newest&since=0")
    last = page.wait_for("moment", "kept").id
    page.close()
    rows.hide("nasty")
    again = OpenPage(site.url, "?order=newest", last_event_id=last)
    assert again.wait_for("gone").data["id"] == "nasty"
    again.close()


@pytest.mark.usefixtures("recorder")
def test_a_channel_that_opts_out_is_nowhere_also_before_it_is_erased(site: SiteProcess, rows: Rows) -> None:
    rows.opt_out("11")  # and the recorder has not erased it yet
    assert mentions(site, "kept") == set()
    rows.show_everything()
    page = OpenPage(site.url)
    assert opt_out.main(["add", "11"]) == 0
    assert page.wait_for("gone").data == {"id": "", "channel": "11"}
    page.close()


@pytest.mark.usefixtures("recorder")
def test_a_report_enters_the_list_and_removes_nothing(site: SiteProcess, capsys: pytest.CaptureFixture[str]) -> None:
    def report(moment_id: str, **form: str) -> int:
        return httpx.post(f"{site.url}/moments/{moment_id}/report", data=form).status_code

    assert "What is wrong with it?" in httpx.get(f"{site.url}/moments/kept/report").text
    assert report("kept", reason="words") == 200
    assert report("kept", reason="words") == 200
    assert report("kept", reason="nonsense") == 422
    assert mentions(site, "kept") == set(PATHS)
    assert report("nowhere") == 404
    assert report("kept") == 429  # that many an hour
    hiding.main(["reports"])
    assert "2 times" in (listed := capsys.readouterr().out)
    assert "/moments/kept (words)" in listed
    hiding.main(["reviewed", "kept"])
    hiding.main(["reports"])
    assert "nothing is reported" in capsys.readouterr().out


@pytest.mark.usefixtures("recorder")
def test_a_mistyped_moment_is_an_error(site: SiteProcess, capsys: pytest.CaptureFixture[str]) -> None:
    assert hiding.main(["add", "nowhere"]) == 1
    assert "there is no moment nowhere" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        hiding.main(["add", "a b"])


def test_the_website_cannot_read_what_its_views_leave_out(postgres_of_module: str) -> None:
    with psycopg.connect(as_role(postgres_of_module, "api_frontend"), autocommit=True) as connection:
        for table in ("moments", "clips", "opt_outs"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT 1 FROM {table}")  # type: ignore[call-overload]
