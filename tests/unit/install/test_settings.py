"""The lines of .env: what is written is read again, and nothing else is touched."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import env_file
from install.errors import InstallError
from install.values.questions import QUESTIONS, UNASKED, check
from install.values.settings import changed, derived, operations_url, with_profile, with_settings

EXAMPLE = (Path(__file__).resolve().parents[3] / ".env.example").read_text()
NAMES = st.sampled_from(["BIND_ADDR", "TWITCH_CLIENT_ID", "SITE_DOMAINS", "NEW_ONE", "MACHINE_A"])
VALUES = st.text("abcXYZ019./:,-_ ", max_size=20).map(str.strip)
WANTED = st.dictionaries(NAMES, VALUES, max_size=5)
FILES = st.one_of(
    st.just(EXAMPLE),
    st.just(""),
    st.lists(st.tuples(NAMES, VALUES)).map(lambda lines: "".join(f"{name}={value}\n" for name, value in lines)),
)
ANSWERS = {
    "SITE_DOMAINS": "www.example.org",
    "TWITCH_CLIENT_ID": "abcdefghijklmnopqrstuvwxyz0123",
    "TWITCH_CLIENT_SECRET": "abcdefghijklmnopqrstuvwxyz0123",
    "PINNED_CHANNELS": "anna, https://www.twitch.tv/bert,id:12",
    "WEBHOOK_URL": "https://discord.com/api/webhooks/1/x-_y",
    "CLOUDFLARED_TOKEN": "eyJ" + "x" * 100 + "==",
    "OPERATOR_ZONE": "America/Argentina/Buenos_Aires",
    "BACKUP_FOLDER": "/mnt/backup",
    "API_CONTACT": "a@example.org",
    "BACKUP_REPOSITORY": "s3:https://s3.example.org/bucket",
    "TOP_CHANNELS": "50",
    "DISCORD_TOKEN": "MTIz.abc-_def.ghijklmn",
    "OPERATIONS_URL": "https://git.example.org/you/stream-scout/blob/main/OPERATIONS.md",
}


@given(FILES, WANTED)
def test_what_is_written_is_read_again(text: str, wanted: dict[str, str]) -> None:
    new = with_settings(text, wanted)
    assert {name: env_file.setting(new, name) for name in wanted} == wanted
    assert changed(new, wanted) == {}
    assert with_settings(new, wanted) == new


@given(FILES, WANTED)
def test_other_lines_stay(text: str, wanted: dict[str, str]) -> None:
    new = with_settings(text, wanted).splitlines()
    for line in text.splitlines():
        assert line in new or line.partition("=")[0] in wanted


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        (
            "https://git.example.org/you/stream-scout.git\n",
            "https://git.example.org/you/stream-scout/blob/main/OPERATIONS.md",
        ),
        ("git@git.example.org:you/scout.git", "https://git.example.org/you/scout/blob/main/OPERATIONS.md"),
        ("ssh://git@git.example.org/you/scout", "https://git.example.org/you/scout/blob/main/OPERATIONS.md"),
        ("https://you:token@git.example.org/you/scout", "https://git.example.org/you/scout/blob/main/OPERATIONS.md"),
        ("/srv/git/scout", ""),
        ("", ""),
    ],
)
def test_where_operations_opens(origin: str, url: str) -> None:
    assert operations_url(origin) == url


def test_what_follows_from_a_name_and_a_token() -> None:
    wanted = derived({"SITE_DOMAINS": "www.example.org example.org", "TWITCH_CLIENT_ID": "x"}, {}, has_token=True)
    assert wanted == {
        "API_PUBLIC_URL": "https://www.example.org",
        "API_SIGN_IN_RETURN_URL": "https://www.example.org/channels/opt-out/return",
        "TOP_CHANNELS": "50",
        "API_TRUST_CLOUDFLARE": "true",
    }
    assert derived({"SITE_DOMAINS": "www.example.org"}, {"API_PUBLIC_URL": "https://a.example"}, has_token=False) == {}


@pytest.mark.parametrize(("now", "then"), [("", "tunnel"), ("discord", "discord,tunnel"), ("tunnel,x", "tunnel,x")])
def test_a_profile_is_added_once(now: str, then: str) -> None:
    assert with_profile(now, "tunnel") == then


@pytest.mark.parametrize("question", [*QUESTIONS, *UNASKED], ids=lambda each: each.name)
def test_each_value_has_a_right_and_a_wrong_form(question) -> None:
    assert question.problem(ANSWERS[question.name]) == ""
    assert question.problem("") == ""
    for wrong in ('a "quoted" one', "$(id)", "x\ny", "a'b"):
        assert question.name in question.problem(wrong)
        assert wrong not in question.problem(wrong), "a secret is not repeated"


def test_at_most_eight_values_are_typed() -> None:
    """Seven on A, and the line on B."""
    assert len(QUESTIONS) + 1 <= 8


def test_secrets_are_told_from_settings() -> None:
    assert {each.name for each in QUESTIONS if each.is_secret} == {
        "TWITCH_CLIENT_SECRET",
        "WEBHOOK_URL",
        "CLOUDFLARED_TOKEN",
    }


def test_nothing_to_watch_is_refused() -> None:
    with pytest.raises(InstallError, match="one of the two is needed"):
        check({"TWITCH_CLIENT_ID": "", "PINNED_CHANNELS": ""})
    check(ANSWERS)
