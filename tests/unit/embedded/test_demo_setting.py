"""The site says that Twitch is simulated exactly where it is."""

from pathlib import Path

from embedded.addresses import Ports
from embedded.twitch import SIMULATED, real


def test_the_demo_is_told_and_the_real_twitch_is_not(tmp_path: Path) -> None:
    assert SIMULATED.environment(tmp_path, Ports.free())["API_DEMO"] == "true"
    live = real("a_streamer", {}, dotenv=tmp_path / "none")
    assert "API_DEMO" not in live.environment(tmp_path, Ports.free())
