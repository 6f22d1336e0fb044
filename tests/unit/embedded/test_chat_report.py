"""What chat lacks is told once it lasts, and only once."""

import threading

import pytest

from embedded import chat_report
from embedded.chat_report import LASTING_LOOKS, ChatReport, ready_answer
from service_runtime import health

CHAT, NAME = "no channel is read yet (no network)", "Twitch does not know it"


def test_a_lasting_complaint_is_told_once() -> None:
    told: list[str] = []
    present = {"chat": "not started yet"}
    report = ChatReport(lambda: present, told.append)
    for _ in range(LASTING_LOOKS - 1):
        report.look()
    present = {"chat": CHAT, "pinned channel x": NAME}
    for _ in range(3 * LASTING_LOOKS):
        report.look()
    assert told == [f"chat: {CHAT}", f"pinned channel x: {NAME}"]


def test_what_chat_said_first_is_told_at_once_and_not_twice() -> None:
    """It is told again where it comes back after the services were well."""
    told: list[str] = []
    present: dict[str, str] = {}
    report = ChatReport(lambda: present, told.append, lambda: {"chat": "cannot find it"})
    report.look_first()
    assert told == ["chat: cannot find it"]
    for present in ({}, {"chat": CHAT}, {}, {"chat": CHAT}):
        for _ in range(2 * LASTING_LOOKS):
            report.look()
        if not present:
            assert told == ["chat: cannot find it"]
    assert told == ["chat: cannot find it", f"chat: {CHAT}"]


def test_chat_that_does_not_answer_in_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_report, "FIRST_SECONDS", 0.05)
    told: list[str] = []
    hangs = threading.Event()
    ChatReport(dict, told.append, lambda: {"chat": "late"} if hangs.wait(30) else {}).look_first()
    hangs.set()
    assert [each.split(":")[0] for each in told] == ["chat"]
    assert "no network" in told[0]


def test_problems_and_notes_are_read_from_a_service() -> None:
    server = health.serve("127.0.0.1", 0, unready=lambda: {"chat": CHAT}, notes=lambda: {"pinned channel x": NAME})
    url = f"http://127.0.0.1:{server.server_address[1]}"
    assert ready_answer(url) == {"chat": CHAT, "pinned channel x": NAME}
    server.shutdown()
    server.server_close()
    assert ready_answer(url) == {}
