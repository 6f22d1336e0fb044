"""Settings of the collector, with the prefix `LOGS_`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

HTTP = r"^http://[^/\s]+$"


class CollectorSettings(BaseSettings):
    """Where the lines are and where they go."""

    model_config = SettingsConfigDict(env_prefix="LOGS_", frozen=True)
    store_url: str = Field("http://127.0.0.1:9428", pattern=HTTP, description="VictoriaLogs")
    processing_url: str = Field("http://127.0.0.1:9109", pattern=HTTP, description="the log source of machine B")
    reliable_url: str = Field("", pattern=rf"^$|{HTTP}", description="the log source of machine A; empty: none")
    poll_seconds: float = Field(1.0, gt=0, le=60, description="pause between two looks for new lines")
    bind_address: str = Field("127.0.0.1", description="address of the metrics port")
    metrics_port: int = Field(9108, ge=0, le=65535, description="port of /metrics")

    def sources(self) -> dict[str, str]:
        """Return the address of each machine's source."""
        both = {"processing": self.processing_url, "reliable": self.reliable_url}
        return {machine: url for machine, url in both.items() if url}
