"""The real Twitch is configured by settings; without credentials access is anonymous."""

from pathlib import Path

import pytest

from embedded.addresses import Ports
from embedded.problems import SetupError
from embedded.twitch import SIMULATED, real
from emote_counter.settings import EmoteCounterSettings


def test_channels_are_pinned_without_credentials(tmp_path: Path) -> None:
    twitch = real("One, two_2,", {}, tmp_path / ".env")
    assert twitch.settings["MONITORING_PINNED_CHANNELS"] == "one,two_2"
    assert "TWITCH_CLIENT_ID" not in twitch.environment(tmp_path, Ports())


@pytest.mark.parametrize("channels", ["", " ", ","])
def test_missing_channels_are_reported(tmp_path: Path, channels: str) -> None:
    with pytest.raises(SetupError, match="make live CHANNELS="):
        real(channels, {}, tmp_path / ".env")


def test_every_form_of_a_name_is_taken(tmp_path: Path) -> None:
    channels = "https://www.twitch.tv/One,#Two_2,@three,one,id:7"
    twitch = real(channels, {"TWITCH_CLIENT_ID": "mine"}, tmp_path / ".env")
    assert twitch.settings["MONITORING_PINNED_CHANNELS"] == "one,two_2,three,id:7"


@pytest.mark.parametrize(
    ("channels", "words"), [("fine,what is this", r"Not a channel: what is this"), ("id:7", "TWITCH_CLIENT_ID")]
)
def test_an_invalid_name_is_reported(tmp_path: Path, channels: str, words: str) -> None:
    with pytest.raises(SetupError, match=words):
        real(channels, {}, tmp_path / ".env")


def test_the_environment_overrides_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TWITCH_CLIENT_ID=from-file\nTWITCH_CLIENT_SECRET_FILE=secret\nAPI_PORT=1\n")
    twitch = real("one", {"TWITCH_CLIENT_ID": "from-environment"}, tmp_path / ".env")
    assert twitch.settings["TWITCH_CLIENT_ID"] == "from-environment"
    assert twitch.settings["TWITCH_CLIENT_SECRET_FILE"] == "secret"
    assert "API_PORT" not in twitch.settings


def test_the_simulator_is_on_this_machine_only(tmp_path: Path) -> None:
    settings = SIMULATED.environment(tmp_path, Ports())
    addresses = [settings[name] for name in ("MONITORING_CHAT_URL", "TWITCH_API_URL", "TWITCH_AUTH_URL")]
    assert all("//127.0.0.1:" in address for address in addresses)
    assert Path(settings["TWITCH_CLIENT_SECRET_FILE"]).read_text() == "simulator"


def test_a_demo_asks_no_real_provider_of_emotes(tmp_path: Path) -> None:
    addresses = {
        f"EMOTE_COUNTER_{name}".upper()
        for name, field in EmoteCounterSettings.model_fields.items()
        if str(field.default).startswith("https://")
    }
    settings = SIMULATED.environment(tmp_path, Ports())
    assert len(addresses) == 5
    assert all(settings[name].startswith("http://127.0.0.1:") for name in addresses)


def test_a_demos_pages_load_nothing_but_from_the_site(tmp_path: Path) -> None:
    settings = SIMULATED.environment(tmp_path, Ports())
    assert {settings[name] for name in ("API_FRAME_SOURCES", "API_IMAGE_SOURCES")} == {"'self'"}
