"""The small parts of a deploy: the record, .env, the proxy's answers, the message, and what the host has to have."""

import ast
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploy import env_file, proxy, webhook
from deploy.compose import reason
from deploy.host import DeployError, Slot
from deploy.machines import MACHINES
from deploy.outcome import Outcome, Result
from deploy.record import Record, RecordFile, begun

REPOSITORY = Path(__file__).resolve().parents[3]
TOOLS = (REPOSITORY / "tools" / "deploy", REPOSITORY / "tools" / "install")
OLDEST_PYTHON = (3, 10)  # Ubuntu 22.04
FILES = sorted(file for tool in TOOLS for file in tool.rglob("*.py"))
STATE = """1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight
3 site 1 blue 172.18.0.3 2 0 1 1
3 site 2 green - 0 32 1 1
3 site 3 drained 172.18.0.4 2 8 1 1

"""


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}.{file.stem}")
def test_it_needs_no_more_than_an_old_python(file: Path) -> None:
    """The machines have their distribution's python3, and nothing is installed into it."""
    tree = ast.parse(file.read_text(), feature_version=OLDEST_PYTHON)
    for node in ast.walk(tree):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.partition(".")[0] in sys.stdlib_module_names | {"deploy", "install"}, name
            assert name != "tomllib", "3.11"
        if isinstance(node, ast.ImportFrom):
            new = {"StrEnum", "UTC", "Self", "assert_never", "ExceptionGroup"} & {each.name for each in node.names}
            assert not new, f"{new}: 3.11"


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.letter)
def test_every_service_of_ours_has_its_turn(machine) -> None:
    services = yaml.safe_load((REPOSITORY / machine.file).read_text())["services"]
    ours = {name for name, each in services.items() if each["image"].startswith("stream-scout/") and name != "backup"}
    assert ours == set(machine.once) | set(machine.long_running)
    assert machine.proxy is None or machine.proxy in services
    assert machine.runs_commands in ours


def test_the_proxys_places_are_read() -> None:
    assert proxy.slots(STATE) == [
        Slot("blue", "172.18.0.3", is_open=True, is_up=True),
        Slot("green", "", is_open=True, is_up=False),
        Slot("drained", "172.18.0.4", is_open=False, is_up=True),
    ]


def test_an_answer_without_places_is_an_error() -> None:
    with pytest.raises(DeployError, match="Can't find backend"):
        proxy.slots("Can't find backend.\n")


def test_the_proxys_file_has_the_places_that_are_asked_for() -> None:
    written = (REPOSITORY / "configs/haproxy/haproxy.cfg").read_text()
    assert f"backend {proxy.BACKEND}\n" in written
    assert "stats socket ipv4@127.0.0.1:9999 level admin" in written


@given(st.text("abc=#'\"\n _ST", max_size=60), st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True))
def test_the_version_is_written_once_and_read_again(before: str, version: str) -> None:
    text = env_file.with_version(before, version)
    assert env_file.setting(text, env_file.VERSION) == version
    assert env_file.with_version(text, version) == text
    assert text.replace(f"{env_file.VERSION}={version}\n", "", 1).strip("\n") == before.strip("\n")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("STREAM_SCOUT_VERSION=1.4", "1.4"),
        ("STREAM_SCOUT_VERSION='1.4'  # now", "1.4"),
        ("export STREAM_SCOUT_VERSION=1.4 # now", "1.4"),
        ("# STREAM_SCOUT_VERSION=local  # tag of our images", "none"),
        ("STREAM_SCOUT_VERSION=1\nSTREAM_SCOUT_VERSION=2", "2"),
        ("", "none"),
    ],
)
def test_settings_are_read_as_compose_reads_them(line: str, found: str) -> None:
    assert env_file.setting(line, env_file.VERSION, "none") == found


def test_a_replaced_file_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n")
    file.chmod(0o640)
    env_file.replace(file, "A=2\n")
    assert file.read_text() == "A=2\n"
    assert file.stat().st_mode & 0o777 == 0o640


def test_the_record_survives(tmp_path: Path) -> None:
    file = RecordFile(tmp_path / "record.json")
    assert file.read() is None
    record = Record("2", "1", {"watcher": "sha256:1"})
    file.write(record)
    assert file.read() == record
    (tmp_path / "record.json").write_text("{")
    assert file.read() is None


def test_what_ran_before_a_killed_deploy_is_what_ran_before() -> None:
    last = Record("2", "1", {"watcher": "one"})
    assert begun(last, "3", "2", {"watcher": "two"}) == Record("3", "1", {"watcher": "one"})
    assert begun(Record("2", "1", {"watcher": "one"}, True), "3", "2", {"watcher": "two"}) == Record(
        "3", "2", {"watcher": "two"}
    )


def outcome(result: Result, machine: str = "A", **more: str) -> Outcome:
    return Outcome(result, machine, "docker-compose.reliable.yml", "1.5", "1.4", seconds=48.4, **more)


@pytest.mark.parametrize(
    ("ended", "text"),
    [
        (
            outcome(Result.DEPLOYED),
            "Stream Scout: version 1.5 runs on machine A, after 48 s. Next, on B: infrastructure/deploy.sh B 1.5",
        ),
        (
            outcome(Result.DEPLOYED, "B"),
            "Stream Scout: version 1.5 runs on machine B, after 48 s. Next, on B: make status",
        ),
        (
            outcome(Result.BACK, failed="the watcher has ended"),
            "Stream Scout: version 1.5 did not work on machine A (the watcher has ended), and version 1.4 runs again, "
            "after 48 s. Next, on A: tail -n 50 .deploy/removed.log",
        ),
        (
            outcome(Result.STUCK, failed="the watcher has ended", stuck="no space left"),
            "Stream Scout: version 1.5 did not work on machine A (the watcher has ended), and the way back to 1.4 "
            "failed too after 48 s (no space left). Next, on A: docker compose -f docker-compose.reliable.yml ps",
        ),
        (outcome(Result.REFUSED, failed="There is no image."), "Nothing was changed. There is no image."),
    ],
)
def test_the_operator_is_told_version_seconds_result_and_next_command(ended: Outcome, text: str) -> None:
    assert ended.text() == text


def test_a_reason_is_the_last_line_that_says_something() -> None:
    assert reason("starting\nmigrate: 0021 failed\n\n") == "migrate: 0021 failed"
    assert reason("unknown flag: --x\n\nRun 'docker --help' for more information\n") == "unknown flag: --x"
    assert reason("") == "no reason was given"


@pytest.mark.parametrize(
    ("url", "kind", "discord"),
    [
        ("https://discord.com/api/webhooks/1/x", "", True),
        ("https://hooks.example.org/x", "", False),
        ("https://hooks.example.org/x", "discord", True),
        ("https://discord.com/api/webhooks/1/x", "plain", False),
        ("https://discord.com.example.org/x", "", False),
    ],
)
def test_discord_is_told_in_its_own_form(url: str, kind: str, discord: bool) -> None:
    assert webhook.is_discord(url, kind) == discord
    told = json.loads(webhook.body("hello @everyone", discord, 0.0))
    if discord:
        assert told == {"content": "hello @everyone", "allowed_mentions": {"parse": []}}
    else:
        assert told == {"event": "deploy", "text": "hello @everyone", "at": "1970-01-01T00:00:00+00:00"}


def test_a_webhook_that_refuses_at_first_is_told_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, told = [503, 204], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0))
            self.end_headers()

    monkeypatch.setattr(webhook, "PAUSES", (0.0, 0.0))
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "url").write_text(f"http://127.0.0.1:{server.server_address[1]}/secret\n")
        assert webhook.post(tmp_path / "url", "plain", "done") == ""
        server.shutdown()
    assert [each["text"] for each in told] == ["done", "done"]


@pytest.mark.parametrize(("content", "problem"), [("", "is empty"), ("ftp://x", "no web address")])
def test_an_address_that_is_none_is_not_asked(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "url").write_text(content)
    assert problem in webhook.post(tmp_path / "url", "", "done")


def test_the_address_is_in_no_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "PAUSES", (0.0,))
    (tmp_path / "url").write_text("http://127.0.0.1:1/very-secret")
    assert "very-secret" not in webhook.post(tmp_path / "url", "", "done")
