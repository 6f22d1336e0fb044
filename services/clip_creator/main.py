"""Starts and supervises the workers."""

import sys
from functools import partial

import structlog

from clip_creator.clip_log.latest_clips import LatestClips
from clip_creator.clip_log.reader import ClipReader
from clip_creator.clip_log.writer import ClipWriter
from clip_creator.decision.decision import Credentials
from clip_creator.moment_consumer import MomentConsumer
from clip_creator.requests.context import StepContext
from clip_creator.requests.recordings import Recordings
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
REQUEST_THREADS = 4  # for simultaneous moments: each call may take its whole deadline
FOLLOW_UP_THREADS = 2
CANNOT_START = 2


def creator_id(access: TwitchAccess) -> str:
    """Return the id of the user who makes the clips; empty if nobody has signed in."""
    try:
        return access.user.user_id()
    except SignInNeeded:
        return ""


def credentials(access: TwitchAccess | None) -> Credentials:
    """Return the credentials available now; a person may sign in while the service runs."""
    if access is None:
        return Credentials(application=False, user=False)
    problem = access.user.problem()
    return Credentials(application=True, user=not problem, problem=problem)


def build(kafka: KafkaSettings, clips: ClipSettings, access: TwitchAccess | None) -> tuple[MomentConsumer, StepContext]:
    """Build the consumer and the context of its steps."""
    latest_clips, helix = LatestClips(), access.helix if access else Helix(None)
    context = StepContext(
        helix=helix,
        recordings=Recordings(helix),
        writer=ClipWriter(kafka, clips.instance, latest_clips),
        latest_clips=latest_clips,
        settings=clips,
        urgent=Scheduler(),
        follow_ups=Scheduler(),
        creator_id=partial(creator_id, access) if access else str,
    )
    context.follow_ups.close()  # only steps add to it while the service stops
    return MomentConsumer(kafka, context, ClipReader(kafka), partial(credentials, access)), context


def main() -> int:
    """Run until a stop signal or a failure; return the exit code."""
    kafka, clips, twitch, log_settings = load_all(KafkaSettings, ClipSettings, TwitchSettings, LogSettings)
    logs.configure("clip-creator", log_settings.level)
    try:
        access = open_access(twitch, makes_clips=True, share=twitch.share("clips"))
        measures.serve("clip_creator", clips.bind_address, clips.metrics_port)
    except OSError as error:
        sys.stderr.write(f"clip-creator cannot start: {error}\n")
        return CANNOT_START
    consumer, context = build(kafka, clips, access)
    supervisor = Supervisor()
    supervisor.add("moments", consumer.run)
    for number in range(REQUEST_THREADS):
        supervisor.add(f"request-{number}", context.urgent.work)
    for number in range(FOLLOW_UP_THREADS):
        supervisor.add(f"follow-up-{number}", context.follow_ups.work)
    if access is not None:
        supervisor.add("tokens", partial(validate_hourly, access.tokens))
    log.info("clip_creator started", anonymous=access is None)
    return supervisor.wait()
