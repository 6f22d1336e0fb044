"""Repeats a work that Postgres holds up at times."""

import threading
from collections.abc import Callable

import structlog

from recorder.database import Database
from service_runtime.postgres import PostgresAwayError

RETRY_SECONDS = 5.0  # while Postgres is away, or a row is locked

log = structlog.get_logger()


def repeat(work: Callable[[], object], name: str, seconds: float, stop: threading.Event, database: Database) -> None:
    """Do it at the start and every so many seconds, sooner after Postgres was away, until `stop`; close its database.

    `name`: of the work, as the log says who waits.
    """
    while not stop.is_set():
        try:
            work()
            wait = seconds
        except PostgresAwayError as error:
            log.warning(f"{name} waits for Postgres", reason=str(error))
            wait = RETRY_SECONDS
        stop.wait(wait)
    database.close()
