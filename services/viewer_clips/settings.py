"""Settings of the service that asks for viewers' clips, with the prefix `VIEWER_CLIPS_`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from viewer_clips.rules.schedule import Pace


class ViewerClipsSettings(BaseSettings):
    """Where its file is, and how often channels are asked for."""

    model_config = SettingsConfigDict(env_prefix="VIEWER_CLIPS_", frozen=True)
    directory: Path = Field(
        Path("/var/lib/stream-scout/viewer-clips"),
        description="folder of what was asked for until when; must survive a restart",
    )
    live_seconds: float = Field(300.0, gt=0, description="pause between two looks at a live channel's clips")
    idle_seconds: float = Field(3_600.0, gt=0, description="pause between two looks at the clips of one that is not")
    again_after_seconds: float = Field(
        86_400.0, gt=0, description="age at which clips are asked for again, for their views and place"
    )
    again_span_seconds: float = Field(
        3_600.0, gt=0, description="clips of so long are asked for again at once; more while it catches up"
    )
    bind_address: str = Field("127.0.0.1", description="address of the metrics and health ports")
    metrics_port: int = Field(9110, ge=0, le=65535, description="port of /metrics")
    health_port: int = Field(8084, ge=0, le=65535, description="port of /live and /ready")

    def pace(self) -> Pace:
        """Return how often what is asked for."""
        seconds = (self.live_seconds, self.idle_seconds, self.again_after_seconds, self.again_span_seconds)
        return Pace(*(round(each * 1000) for each in seconds))
