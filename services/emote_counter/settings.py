"""Settings of the counter of emotes, with the prefix `EMOTE_COUNTER_`."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from emote_catalogue.providers import betterttv, frankerfacez, seventv
from emote_catalogue.schedule import Pace

ADDRESS = r"^https?://"


class EmoteCounterSettings(BaseSettings):
    """Where its files are, whom it asks for catalogues, and how often."""

    model_config = SettingsConfigDict(env_prefix="EMOTE_COUNTER_", frozen=True)
    directory: Path = Field(
        Path("/var/lib/stream-scout/emotes"),
        description="folder of the catalogues' versions and of the position in the chat; must survive a restart",
    )
    resume: Literal["kept", "beginning"] = Field(
        "kept", description="where to begin: at the kept position, or with the oldest chat that Kafka has"
    )
    seventv_url: str = Field(seventv.API, pattern=ADDRESS, description="address of 7TV's API")
    betterttv_url: str = Field(betterttv.API, pattern=ADDRESS, description="address of BetterTTV's API")
    betterttv_pictures: str = Field(betterttv.PICTURES, pattern=ADDRESS, description="address of BetterTTV's pictures")
    frankerfacez_url: str = Field(frankerfacez.API, pattern=ADDRESS, description="address of FrankerFaceZ's API")
    frankerfacez_pictures: str = Field(
        frankerfacez.PICTURES, pattern=ADDRESS, description="address of FrankerFaceZ's pictures"
    )
    channel_seconds: float = Field(300.0, gt=0, description="pause between two looks at a channel's emotes")
    global_seconds: float = Field(900.0, gt=0, description="pause between two looks at everybody's emotes")
    requests_per_second: float = Field(2.0, gt=0, description="requests to each provider at most")
    bind_address: str = Field("127.0.0.1", description="address of the metrics and health ports")
    metrics_port: int = Field(9104, ge=0, le=65535, description="port of /metrics")
    health_port: int = Field(8082, ge=0, le=65535, description="port of /live and /ready")

    def pace(self) -> Pace:
        """Return how often each provider is asked."""
        return Pace(
            channel_seconds=self.channel_seconds,
            global_seconds=self.global_seconds,
            requests_per_second=self.requests_per_second,
        )
