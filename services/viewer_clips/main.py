"""Starts the service: one worker that hears Kafka and asks Twitch, and one that keeps the tokens valid."""

import sys
from functools import partial

import structlog

from service_runtime import health, logs, measures, ports
from service_runtime.clock import now_ms
from service_runtime.settings import KafkaSettings, LogSettings, load_all
from service_runtime.supervision import Supervisor
from twitch_access.access import TwitchAccess, open_access
from twitch_access.errors import SignInNeeded
from twitch_access.settings import TwitchSettings
from twitch_access.token_file import TokenFile
from twitch_access.tokens import validate_hourly
from viewer_clips.asking.asker import Asker
from viewer_clips.asking.asking_loop import AskingLoop
from viewer_clips.kept.store import Store, StoreError
from viewer_clips.log.log_reader import LogReader
from viewer_clips.log.sender import Sender
from viewer_clips.settings import ViewerClipsSettings

log = structlog.get_logger()
CANNOT_START = 2


def own_account(file: TokenFile) -> str:
    """Return the id of the account that makes our clips; empty while nobody has signed in."""
    try:
        return file.read().user_id
    except SignInNeeded:
        return ""


def open_store(settings: ViewerClipsSettings) -> Store:
    """Open the file; exit with a clear message if the folder cannot be used."""
    try:
        settings.directory.mkdir(parents=True, exist_ok=True)
        return Store(settings.directory / "viewer_clips.sqlite")
    except (OSError, StoreError) as error:
        raise SystemExit(f"VIEWER_CLIPS_DIRECTORY: cannot use {settings.directory}: {error}") from error


def main() -> int:
    """Run until a stop signal or a worker's failure; return the exit code."""
    log_settings, kafka, twitch, settings = load_all(LogSettings, KafkaSettings, TwitchSettings, ViewerClipsSettings)
    logs.configure("viewer-clips", log_settings.level)
    try:
        access = open_access(twitch, share=twitch.share("viewer_clips"))
    except OSError as error:
        sys.stderr.write(f"viewer-clips cannot start: {error}\n")
        return CANNOT_START
    with ports.listening("VIEWER_CLIPS_METRICS_PORT", settings.bind_address, settings.metrics_port):
        measures.serve("viewer_clips", settings.bind_address, settings.metrics_port)
    store, supervisor = open_store(settings), Supervisor()
    asker = make_asker(access, store, kafka, twitch, supervisor)
    loop = AskingLoop(reader=LogReader(kafka), store=store, asker=asker, pace=settings.pace(), now=now_ms)
    with ports.listening("VIEWER_CLIPS_HEALTH_PORT", settings.bind_address, settings.health_port):
        health.serve(settings.bind_address, settings.health_port, loop.problems, notes=loop.notes)
    supervisor.add("clips", loop.run)
    if access is not None:
        supervisor.add("tokens", partial(validate_hourly, access.tokens))
    log.info("viewer_clips started", anonymous=access is None)
    return supervisor.wait()


def make_asker(
    access: TwitchAccess | None, store: Store, kafka: KafkaSettings, twitch: TwitchSettings, supervisor: Supervisor
) -> Asker | None:
    """Return what asks Twitch; None without credentials."""
    if access is None:
        return None
    return Asker(
        helix=access.helix,
        store=store,
        send=Sender(kafka).send,
        own_account=partial(own_account, TokenFile(twitch.user_tokens_file)),
        is_stopping=supervisor.stop.is_set,
        now=now_ms,
    )
