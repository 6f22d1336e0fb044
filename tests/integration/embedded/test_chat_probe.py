"""What chat itself says at a start: a wrong name, no network, nobody who listens, nobody who answers."""

import socket
import threading
from pathlib import Path

import pytest

from embedded import chat_probe
from embedded.chat_probe import chat_complaints
from embedded.processes.ports import free_ports
from stream_monitoring.channels.pinned import NOT_IN_CHAT
from twitch_simulator.process import SimulatorProcess


def test_a_wrong_name_is_found_among_right_ones(tmp_path: Path) -> None:
    with SimulatorProcess(tmp_path / "truth", "--channels", "3", "--messages-per-second", "50") as twitch:
        logins = [each["login"] for each in twitch.state()["channels"]]
        url = f"irc://127.0.0.1:{twitch.ports['irc']}"
        assert chat_complaints(url, logins) == {}
        wrong = {"pinned channel no_such_channel": NOT_IN_CHAT}
        assert chat_complaints(url, [logins[0], "no_such_channel", logins[1]]) == wrong


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ircs://chat.invalid", "cannot find chat.invalid: no network"),
        ("irc://127.0.0.1:{port}", "127.0.0.1:{port} refuses the connection"),
        ("irc://127.0.0.1:http", "MONITORING_CHAT_URL: "),
    ],
)
def test_chat_that_is_not_reached_is_told_and_no_name_is_blamed(url: str, reason: str) -> None:
    (port,) = free_ports(1)
    found = chat_complaints(url.format(port=port), ["foo"])
    assert list(found) == ["chat"]
    assert found["chat"].startswith(reason.format(port=port))


def test_a_silent_server_is_no_wrong_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_probe, "ANSWER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = chat_complaints(f"irc://127.0.0.1:{port}", ["foo"])
    assert found == {"chat": f"127.0.0.1:{port} does not answer"}


def test_a_server_that_hangs_up_is_no_wrong_name() -> None:
    """What speaks no IRC, such as the sign-in page of a hotel."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        found = chat_complaints(f"irc://127.0.0.1:{server.getsockname()[1]}", ["foo"])
    assert list(found) == ["chat"]
