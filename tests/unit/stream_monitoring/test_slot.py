"""After RECONNECT, other slots wait only for a slot that needs a new socket."""

from types import SimpleNamespace
from typing import Any

from stream_monitoring.capture.slot import Slot

SOCKET: Any = SimpleNamespace(wanted=set(), joined=set(), watch=lambda _: None, leave=lambda _: None)


def test_a_retiring_socket_needs_a_successor_until_there_is_one() -> None:
    slot = Slot(logins={"ann"}, socket=SOCKET)
    assert not slot.needs_successor
    slot.retire_socket()
    assert slot.needs_successor
    slot.use(SOCKET)
    assert not slot.needs_successor


def test_a_slot_without_channels_keeps_nobody_waiting() -> None:
    slot = Slot(logins={"ann"}, socket=SOCKET)
    slot.retire_socket()
    slot.leave("ann")
    assert not slot.needs_successor
