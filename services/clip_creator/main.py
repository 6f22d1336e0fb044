"""Starts the workers and watches over them."""

import sys
from functools import partial

import structlog

from clip_creator.clip_log.reader import Ledger, LedgerReader
from clip_creator.clip_log.writer import Journal
from clip_creator.decision.decision import Credentials
from clip_creator.moment_consumer import MomentConsumer
from clip_creator.requests.context import Workbench
from clip_creator.requests.scheduler import Scheduler
from clip_creator.settings import ClipSettings
from service_runtime import logs, measures
from service_runtime.settings import KafkaSettings, LogSettings, load_all
from service_runtime.supervision import Supervisor
from twitch_access.access import TwitchAccess, open_access
from twitch_access.errors import SignInNeeded
from twitch_access.helix import Helix
from twitch_access.settings import TwitchSettings
from twitch_access.tokens import validate_hourly

log = structlog.get_logger()
ASKING_THREADS = 4  # moments that crowd together: each call may take its whole deadline
FOLLOWING_THREADS = 2
CANNOT_START = 2


def creator_id(access: TwitchAccess) -> str:
    """The id of the user who makes the clips; empty where it is not known."""
    try:
        return access.user.user_id()
    except SignInNeeded:
        return ""


def credentials(access: TwitchAccess | None) -> Credentials:
    """What we may do at Twitch now; a person may sign in while the service runs."""
    return Credentials(application=access is not None, user=access is not None and access.signed_in())


def build(kafka: KafkaSettings, clips: ClipSettings, access: TwitchAccess | None) -> tuple[MomentConsumer, Workbench]:
    """The consumer and what its steps share."""
    ledger = Ledger()
    bench = Workbench(
        helix=access.helix if access else Helix(None),
        journal=Journal(kafka, clips.instance, ledger),
        ledger=ledger,
        settings=clips,
        asking=Scheduler(),
        following=Scheduler(),
        creator_id=partial(creator_id, access) if access else str,
    )
    bench.following.close()  # only steps add to it while the service stops
    return MomentConsumer(kafka, bench, LedgerReader(kafka), partial(credentials, access)), bench


def main() -> int:
    """Run until a stop signal or a failure; returns the exit code."""
    kafka, clips, twitch, log_settings = load_all(KafkaSettings, ClipSettings, TwitchSettings, LogSettings)
    logs.configure("clip-creator", log_settings.level)
    try:
        access = open_access(twitch, makes_clips=True)
        measures.serve(clips.bind_address, clips.metrics_port)
    except OSError as error:
        sys.stderr.write(f"clip-creator cannot start: {error}\n")
        return CANNOT_START
    consumer, bench = build(kafka, clips, access)
    supervisor = Supervisor()
    supervisor.add("moments", consumer.run)
    for number in range(ASKING_THREADS):
        supervisor.add(f"asking-{number}", bench.asking.work)
    for number in range(FOLLOWING_THREADS):
        supervisor.add(f"following-{number}", bench.following.work)
    if access is not None:
        supervisor.add("tokens", partial(validate_hourly, access.tokens))
    log.info("clip creator is up", anonymous=access is None)
    return supervisor.wait()
