"""Structured logs: one JSON event a line on standard error, without secrets."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

SECRET_WORDS = ("token", "secret", "password", "authorization", "conninfo", "dsn")


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of any key that names a secret."""
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = "***"
    return event


def log_retry(details: RetryDetails) -> None:
    """Log that stamina will repeat a call; its own hook would log the call's arguments, secrets included."""
    structlog.get_logger().warning(
        "failed, trying again",
        reason=str(details.caused_by).strip() or type(details.caused_by).__name__,
        attempt=details.retry_num,
        wait_seconds=round(details.wait_for, 2),
    )


def configure(service: str, level: str = "INFO") -> None:
    """Set up structlog for this process, and what stamina logs; call once, where the program starts."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    set_on_retry_hooks([log_retry])
