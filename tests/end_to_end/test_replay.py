"""Recorded chat, replayed as a channel, becomes moments and clips on the page."""

from pathlib import Path

import pytest
from end_to_end.world import World

from embedded.addresses import Ports
from embedded.system import System

RECORDING = "kappa-108244967"


@pytest.mark.timeout(420)
def test_recorded_chat_becomes_moments(chat_data: Path, tmp_path: Path) -> None:
    options = {"channels": 1, "messages_per_second": 1, "bursts_per_minute": 0, "replay": RECORDING, "replay_speed": 10}
    with System(
        tmp_path,
        Ports.free(),
        simulator_options=options,
        environment={"twitch_simulator": {"CHAT_DATA": str(chat_data)}},
    ) as system:
        world = World(system)
        login = world.replayed_channel()
        moment = world.wait_for_moment(login, lambda found: found["revision"] == 3, seconds=240)
        detail = world.get(f"/api/v1/moments/{moment['id']}")
        assert max(detail["curve"]["messages"]) > 5
        assert detail["words"] or detail["emotes"]
