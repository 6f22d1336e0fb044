"""What an operator can choose about clips."""

import socket

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_runtime.backoff import Backoff


class ClipSettings(BaseSettings):
    """How often clips are made, and how patiently they are waited for."""

    model_config = SettingsConfigDict(env_prefix="CLIPS_", frozen=True)
    bind_address: str = Field("127.0.0.1", description="address that metrics are served on")
    metrics_port: int = Field(9102, ge=0, le=65535, description="port of /metrics")
    instance: str = Field(
        default_factory=socket.gethostname,
        min_length=1,
        description="this process's name in Kafka; two on one host need two names",
    )
    cool_down_seconds: float = Field(60.0, ge=0, description="a channel's pause after a clip's moment")
    hourly_budget: int = Field(120, ge=1, description="clips asked for in an hour at most")
    confirm_seconds: float = Field(180.0, gt=0, description="how long a requested clip may take to appear")
    adoption_seconds: float = Field(600.0, gt=0, description="how long a clip whose answer was lost is searched for")
    poll_seconds: float = Field(
        5.0, gt=0, le=60, description="first pause between two looks for a clip; it doubles to 30 s"
    )

    def polling(self, longest_seconds: float = 30.0) -> Backoff:
        """Return the pauses between two looks at Twitch, from `poll_seconds` up to `longest_seconds`."""
        return Backoff(self.poll_seconds, max(self.poll_seconds, longest_seconds))
