"""What chat lacks is told once it lasts, and only once."""

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


def test_problems_and_notes_are_read_from_a_service() -> None:
    server = health.serve("127.0.0.1", 0, unready=lambda: {"chat": CHAT}, notes=lambda: {"pinned channel x": NAME})
    url = f"http://127.0.0.1:{server.server_address[1]}"
    assert ready_answer(url) == {"chat": CHAT, "pinned channel x": NAME}
    server.shutdown()
    server.server_close()
    assert ready_answer(url) == {}
