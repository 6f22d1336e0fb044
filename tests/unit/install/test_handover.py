"""What B gets, and the line that it asks with."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from install.errors import InstallError
from install.join.handover import PORT, SECRETS, Handover, Line, from_json, parse_line
from install.values.settings import shared

REPOSITORY = Path(__file__).resolve().parents[3]
TOKENS = st.text("abcXYZ019_-", min_size=20, max_size=60)
OWN = {"grafana_password", "watchdog_beat_url"}  # each machine has its own


def test_b_gets_what_its_services_its_preflight_and_its_backups_need() -> None:
    compose = yaml.safe_load((REPOSITORY / "docker-compose.processing.yml").read_text())
    preflight = (REPOSITORY / "infrastructure" / "preflight.sh").read_text()
    checked = re.findall(
        r"postgres_\w+_password", preflight[: preflight.index("else names+=")].rpartition("reliable")[0]
    )
    assert set(compose["secrets"]) - OWN <= set(SECRETS)
    assert set(checked) <= set(SECRETS)
    assert {"postgres_status_password", "backup_key"} <= set(SECRETS)


def test_b_gets_no_secret_of_machine_a_alone() -> None:
    made = (REPOSITORY / "infrastructure" / "secrets.sh").read_text()
    for name in ("postgres_owner_password", "postgres_password", "postgres_backup_password", "redis_password"):
        assert name in made
        assert name not in SECRETS


def test_the_settings_of_both_machines_are_shared() -> None:
    names = shared((REPOSITORY / ".env.example").read_text())
    assert {
        "TWITCH_CLIENT_ID",
        "PINNED_CHANNELS",
        "TOP_CHANNELS",
        "API_PUBLIC_URL",
        "CHAT_URL",
        "OPERATOR_ZONE",
    } <= set(names)
    assert not {"BIND_ADDR", "SECRETS_DIRECTORY", "STREAM_SCOUT_VERSION", "MACHINE_A", "MACHINE_B", "TUNNEL_ID"} & set(
        names
    )


@given(st.ip_addresses(v=4).map(str), st.integers(1, 65535), TOKENS, st.integers(0, 40))
def test_a_line_is_read_as_it_was_written(address: str, port: int, token: str, cut: int) -> None:
    """Also where a terminal has wrapped it."""
    line = Line(address, port, token)
    assert parse_line(str(line)) == line
    assert parse_line(f" {str(line)[:cut]}\n  {str(line)[cut:]}\n") == line


@given(st.text(max_size=80))
def test_nothing_else_is_a_line(text: str) -> None:
    with pytest.raises(InstallError, match="not machine A's line"):
        parse_line(text)


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=9)), st.dictionaries(st.text(max_size=5), st.text(max_size=9))
)
def test_it_comes_over_the_wire_whole(settings: dict[str, str], secrets: dict[str, str]) -> None:
    assert from_json(Handover(settings, secrets).to_json()) == Handover(settings, secrets)


@pytest.mark.parametrize("text", ["", "null", "{}", "<html>", json.dumps({"settings": 1, "secrets": {}, "format": 1})])
def test_an_answer_that_is_none_is_explained(text: str) -> None:
    with pytest.raises(InstallError, match="another version"):
        from_json(text)


def test_another_version_is_explained() -> None:
    with pytest.raises(InstallError, match="git pull on both"):
        from_json(json.dumps({"settings": {}, "secrets": {}, "format": 2}))


def test_the_policy_lets_b_come_to_the_door() -> None:
    manual = (REPOSITORY / "DEPLOYMENT.md").read_text()
    ports = f"5432,5001,9100,9103,9105,9106,9107,9109,{PORT}"
    assert f'"src": ["tag:processing"], "dst": ["tag:reliable:{ports}"]' in manual
    assert f"| A | Tailscale, half an hour | {PORT} |" in manual
