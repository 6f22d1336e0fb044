"""What of the watcher can be set, by environment variables with the prefix `WATCHER_`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, FilePath
from pydantic_settings import BaseSettings, SettingsConfigDict

from watcher.condition import Limits
from watcher.verdict import Holds


class WatcherSettings(BaseSettings):
    """Whom to tell, and after how many seconds."""

    model_config = SettingsConfigDict(env_prefix="WATCHER_", frozen=True)
    webhook_url_file: FilePath | None = Field(
        None, description="file with the webhook's address; empty or unset: notices are logged only"
    )
    webhook_kind: Literal["discord", "plain"] = Field("discord", description="the JSON that the webhook takes")
    state_file: Path = Field(
        Path("/var/lib/stream-scout/watcher.json"), description="what was told; on a disk that survives a restart"
    )
    interval_seconds: float = Field(5.0, gt=0, le=20, description="between two looks at Postgres")
    heartbeat_limit_seconds: float = Field(60.0, gt=0, description="a heartbeat older than this has stopped")
    data_limit_seconds: float = Field(300.0, gt=0, description="processed chat older than this is old")
    trouble_hold_seconds: float = Field(30.0, ge=0, description="trouble is told once it has lasted this long")
    well_hold_seconds: float = Field(60.0, ge=0, description="'well again' is told once it has lasted this long")
    catch_up_seconds: float = Field(
        300.0, ge=0, description="after an outage, old data is told once it has been catching up this long"
    )
    bind_address: str = Field("127.0.0.1", description="address of the metrics port")
    metrics_port: int = Field(9103, ge=0, le=65535, description="port of /metrics")

    def limits(self) -> Limits:
        """When a heartbeat has stopped and data is old."""
        return Limits(self.heartbeat_limit_seconds, self.data_limit_seconds)

    def holds(self) -> Holds:
        """How long something has to last before it is told."""
        return Holds(self.trouble_hold_seconds, self.well_hold_seconds, self.catch_up_seconds)
