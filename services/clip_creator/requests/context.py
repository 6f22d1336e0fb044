"""What the steps of making a clip share."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from clip_creator.clip_log.reader import Ledger
from clip_creator.clip_log.writer import Journal
from clip_creator.requests.scheduler import Scheduler
from clip_creator.settings import ClipSettings
from twitch_access.helix import Helix


def now_ms() -> int:
    """Milliseconds since 1970."""
    return round(time.time() * 1000)


@dataclass(frozen=True)
class Workbench:
    """`asking` runs the requests, which are urgent; `following` what waits for Twitch afterwards."""

    helix: Helix
    journal: Journal
    ledger: Ledger
    settings: ClipSettings
    asking: Scheduler
    following: Scheduler
    creator_id: Callable[[], str]  # the user's id at Twitch; empty where it is not known
    now: Callable[[], int] = now_ms  # milliseconds since 1970
