"""What the steps of making a clip share."""

from collections.abc import Callable
from dataclasses import dataclass

from clip_creator.journal import Journal
from clip_creator.ledger import Ledger
from clip_creator.scheduler import Scheduler
from clip_creator.settings import ClipSettings
from service_runtime.clock import now_ms
from twitch_access.helix import Helix


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
