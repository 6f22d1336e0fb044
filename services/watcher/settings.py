"""Settings of the watcher, with the prefix `WATCHER_`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, FilePath
from pydantic_settings import BaseSettings, SettingsConfigDict

from watcher.condition import Limits
from watcher.debounce import Delays
from watcher.record.facts import Limits as UptimeLimits


class WatcherSettings(BaseSettings):
    """Whom to notify, and after how many seconds."""

    model_config = SettingsConfigDict(env_prefix="WATCHER_", frozen=True)
    webhook_url_file: FilePath | None = Field(
        None, description="file with the webhook's URL; empty or unset: notices are only logged"
    )
    webhook_kind: Literal["discord", "plain"] = Field("discord", description="JSON format that the webhook expects")
    state_file: Path = Field(
        Path("/var/lib/stream-scout/watcher.json"),
        description="last report and pending notices; must survive a restart",
    )
    interval_seconds: float = Field(5.0, gt=0, le=20, description="pause between two checks of Postgres")
    heartbeat_limit_seconds: float = Field(60.0, gt=0, description="age at which the heartbeat counts as stopped")
    data_limit_seconds: float = Field(300.0, gt=0, description="age at which processed chat counts as old")
    trouble_hold_seconds: float = Field(30.0, ge=0, description="report trouble after it has lasted this long")
    well_hold_seconds: float = Field(60.0, ge=0, description="report recovery after it has lasted this long")
    catch_up_seconds: float = Field(
        300.0, ge=0, description="after an outage, report old data after catching up for this long"
    )
    beat_url_file: FilePath | None = Field(
        None, description="file with the address of a dead man's switch for machine A; empty or unset: none"
    )
    beat_seconds: float = Field(60.0, gt=0, le=3600, description="longest pause between two beats")
    site_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="the site as visitors reach it, for its uptime; empty: not asked"
    )
    standby_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="metrics of the standby's reading of chat; empty: not asked"
    )
    look_seconds: float = Field(15.0, gt=0, le=60, description="pause between two looks at the site's parts")
    uptime_file: Path = Field(
        Path("/var/lib/stream-scout/uptime.json"),
        description="what is known of uptime while Postgres is away; must survive a restart",
    )
    bind_address: str = Field("127.0.0.1", description="address of the metrics port")
    metrics_port: int = Field(9103, ge=0, le=65535, description="port of /metrics")

    def limits(self) -> Limits:
        """Return the ages above which something is wrong."""
        return Limits(self.heartbeat_limit_seconds, self.data_limit_seconds)

    def uptime_limits(self) -> UptimeLimits:
        """Return the ages above which visitors get nothing new."""
        return UptimeLimits(self.heartbeat_limit_seconds, self.data_limit_seconds)

    def delays(self) -> Delays:
        """Return how long a condition must last before it is reported."""
        return Delays(self.trouble_hold_seconds, self.well_hold_seconds, self.catch_up_seconds)
