"""The service's settings, from environment variables."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from contracts import kept
from contracts.channel_names import ChannelName, parse_channels
from stream_monitoring.timing import LEAST_STALLED_SECONDS, STALLED_SECONDS


def comma_list(value: object) -> object:
    """Split a comma-separated text into a tuple of items."""
    if isinstance(value, str):
        return tuple(item.strip() for item in value.split(",") if item.strip())
    return value


def language_list(value: object) -> object:
    """Split a comma-separated text into codes in lower case."""
    return comma_list(value.lower() if isinstance(value, str) else value)


def channel_list(value: object) -> object:
    """Read a comma-separated text of channels."""
    return parse_channels(value) if isinstance(value, str) else value


class MonitoringSettings(BaseSettings):
    """What is read, and under which name and ports this instance runs."""

    model_config = SettingsConfigDict(env_prefix="MONITORING_", frozen=True)
    chat_url: str = Field(
        "ircs://irc.chat.twitch.tv:6697", pattern=r"^ircs?://[^/]+$", description="irc:// or ircs:// and host:port"
    )
    instance: str = Field("processing", pattern=r"^[A-Za-z0-9_-]{1,40}$", description="this instance's name")
    role: Literal["holder", "standby"] = Field(
        "holder", description="holder forwards whenever it can, standby when ticks stall"
    )
    has_standby: bool = Field(
        False, description="another machine runs a standby: let it take over before a gap is reported"
    )
    stalled_seconds: float = Field(
        STALLED_SECONDS,
        ge=LEAST_STALLED_SECONDS,
        le=600,
        description="take over after ticks have stalled for this time",
    )
    go_on_seconds: float = Field(
        60.0, ge=1, le=3600, description="forward with a gap if no instance has covered the last tick for so long"
    )
    take_back_seconds: float = Field(60.0, ge=1, le=3600, description="after losing the lease, take it back no sooner")
    chooser: bool = Field(True, description="this instance decides which channels are watched")
    pinned_channels: Annotated[tuple[ChannelName, ...], NoDecode] = Field(
        (), description="channels that are always watched: logins, addresses, or id:123"
    )
    top_channels: int = Field(0, ge=0, le=100_000, description="how many of the most viewed channels are watched")
    games: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="only these games, as Twitch writes them, or ids; empty: all"
    )
    languages: Annotated[tuple[str, ...], NoDecode] = Field((), description="only these languages (en, de); empty: all")
    keep_seat_seconds: float = Field(
        180.0, ge=0, le=86_400, description="a top channel that is not live keeps its seat for this time"
    )
    over_seconds: float = Field(60.0, ge=0, le=3600, description="a stream not listed for this time is over")
    doubt_seconds: float = Field(
        300.0, ge=0, le=3600, description="believe that nearly all streams ended at once after this time"
    )
    choose_seconds: float = Field(60.0, ge=1, le=3600, description="time between two choices of the channels")
    poll_seconds: float = Field(20.0, ge=1, le=600, description="time between two polls of who is live")
    tick_lag_ms: int = Field(1500, ge=0, le=60_000, description="how far a tick stays behind Twitch's last answer")
    channel_list_file: Path | None = Field(None, description="copy of the list; default: in the spool's directory")
    ignored_chatters: Path | None = Field(
        None, description="file of logins whose messages count for nothing; default: well-known bots"
    )
    chatter_key_file: Path | None = Field(None, description="secret key of the chatter hash; default: in the spool")
    bind_address: str = Field("127.0.0.1", description="address of the health and metrics ports")
    health_port: int = Field(8080, ge=0, le=65535, description="/live and /ready")
    metrics_port: int = Field(9100, ge=0, le=65535, description="/metrics")

    _channels = field_validator("pinned_channels", mode="before")(channel_list)
    _games = field_validator("games", mode="before")(comma_list)
    _languages = field_validator("languages", mode="before")(language_list)

    @property
    def has_other(self) -> bool:
        """Whether another instance reads the same channels."""
        return self.has_standby or self.role == "standby"


class SpoolSettings(BaseSettings):
    """Where the spool is and how large it may grow."""

    model_config = SettingsConfigDict(env_prefix="SPOOL_", frozen=True)
    directory: Path = Field(description="folder of the spool, on a disk that survives a restart")
    max_bytes: int = Field(4 * 1024**3, ge=64 * 1024, description="oldest segments beyond this are deleted")
    max_age_hours: float = Field(kept.WORDS_HOURS, gt=0, description="segments older than this are deleted")
    segment_bytes: int = Field(16 * 1024**2, ge=4096, description="size of one segment")
