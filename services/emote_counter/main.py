"""Starts the counter: counting, a worker for each provider's catalogues, their copy in Postgres, and the interest."""

from functools import partial

import structlog

from emote_catalogue.fetching import Fetcher
from emote_catalogue.providers.answers import Provider
from emote_catalogue.providers.betterttv import BetterTtv
from emote_catalogue.providers.frankerfacez import FrankerFaceZ
from emote_catalogue.providers.seventv import SevenTv
from emote_catalogue.refresh import Refresher
from emote_catalogue.state import CatalogueState
from emote_catalogue.versions import StoreError, Versions
from emote_counter.catalogue_copy import CatalogueCopy
from emote_counter.channels import WantedChannels
from emote_counter.chat_reader import ChatReader, KafkaChatLog
from emote_counter.counting_loop import CountingLoop
from emote_counter.interest import Interest
from emote_counter.keeper import PositionKeeper
from emote_counter.minute_sender import MinuteSender
from emote_counter.settings import EmoteCounterSettings
from emote_counter.start import start_positions
from emote_counter.state_file import KeptState, StateFile
from service_runtime import health, logs, ports
from service_runtime.clock import now_ms
from service_runtime.ports import open_ports
from service_runtime.postgres import Database, with_deadlines
from service_runtime.settings import KafkaSettings, LogSettings, PostgresSettings, load_all
from service_runtime.supervision import Supervisor

log = structlog.get_logger()
CONNECT_SECONDS = 3
STATEMENT_SECONDS = 20.0
SILENT_SECONDS = 10  # a cut network shows after this


def open_files(settings: EmoteCounterSettings) -> tuple[Versions, StateFile, KeptState]:
    """Open the store of catalogues and the kept state; exit with a clear message if the folder cannot be used."""
    try:
        settings.directory.mkdir(parents=True, exist_ok=True)
        file = StateFile(settings.directory / "position.json")
        state = file.read()
        if state is None:
            state = KeptState(began_at=now_ms())
            file.write(state)
        return Versions(settings.directory / "catalogues.sqlite"), file, state
    except (OSError, StoreError) as error:
        raise SystemExit(f"EMOTE_COUNTER_DIRECTORY: cannot use {settings.directory}: {error}") from error


def providers(settings: EmoteCounterSettings) -> list[Provider]:
    """Return the providers at their addresses."""
    return [
        SevenTv(settings.seventv_url),
        BetterTtv(settings.betterttv_url, settings.betterttv_pictures),
        FrankerFaceZ(settings.frankerfacez_url, settings.frankerfacez_pictures),
    ]


def database(conninfo: str, name: str) -> Database:
    """Return a connection that is opened on demand."""
    return Database(
        with_deadlines(
            conninfo,
            name,
            connect_seconds=CONNECT_SECONDS,
            statement_seconds=STATEMENT_SECONDS,
            silent_seconds=SILENT_SECONDS,
        )
    )


def make_refreshers(settings: EmoteCounterSettings, versions: Versions, state: CatalogueState) -> dict[str, Refresher]:
    """Return by name a worker for each provider."""
    return {
        provider.name: Refresher(
            provider=provider, versions=versions, fetch=Fetcher().fetch, state=state, pace=settings.pace()
        )
        for provider in providers(settings)
    }


def main() -> int:
    """Run until a stop signal or a worker's failure; return the exit code."""
    log_settings, kafka, postgres, settings = load_all(
        LogSettings, KafkaSettings, PostgresSettings, EmoteCounterSettings
    )
    logs.configure("emote-counter", log_settings.level)
    conninfo = open_ports("emote_counter", postgres, settings.bind_address, settings.metrics_port)
    versions, file, kept = open_files(settings)
    state = CatalogueState()
    state.expose()
    refreshers = make_refreshers(settings, versions, state)
    channels = WantedChannels(refreshers.values(), versions, kept.channels)
    copy = CatalogueCopy(database=database(conninfo, "emote-catalogues"), versions=versions, channels=channels)
    interest = Interest(database(conninfo, "emote-interest"))
    supervisor = Supervisor()
    sender, chat = MinuteSender(kafka, supervisor.stop), KafkaChatLog(kafka)
    loop = CountingLoop(
        chat=chat,
        reader=ChatReader(kafka),
        sender=sender,
        keeper=PositionKeeper(file, kept, sender.acknowledged),
        catalogue=versions,
        channels=channels,
        start=partial(start_positions, chat, kept.positions, kept.began_at, settings.resume == "beginning"),
        wanted=lambda: interest.channel_ids,
    )
    serve_health(settings, loop, lambda: state.notes() | interest.notes())
    workers = {"counting": loop.run, "copy": copy.run, "interest": interest.run}
    for name, worker in (workers | {f"catalogues-{name}": each.run for name, each in refreshers.items()}).items():
        supervisor.add(name, worker)
    return supervisor.wait()


def serve_health(settings: EmoteCounterSettings, loop: CountingLoop, notes: health.Check) -> None:
    """Answer /live and /ready; a provider that fails, or Postgres, is a note, since counting goes on."""
    with ports.listening("EMOTE_COUNTER_HEALTH_PORT", settings.bind_address, settings.health_port):
        health.serve(settings.bind_address, settings.health_port, loop.problems, notes=notes)
