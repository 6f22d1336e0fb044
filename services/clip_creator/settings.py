"""Settings of clip_creator, with the prefix `CLIPS_`."""

import socket
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from moment_detection.hidden_words import HiddenWords, read_hidden_words
from service_runtime.backoff import Backoff

HIDDEN_WORDS = Path(__file__).parents[2] / "configs" / "hidden_words.toml"  # in an image too


class ClipSettings(BaseSettings):
    """How often clips are requested and how long their appearance is awaited."""

    model_config = SettingsConfigDict(env_prefix="CLIPS_", frozen=True)
    bind_address: str = Field("127.0.0.1", description="address on which /metrics is served")
    metrics_port: int = Field(9102, ge=0, le=65535, description="port of /metrics")
    instance: str = Field(
        default_factory=socket.gethostname,
        min_length=1,
        description="name of this process in Kafka; must be unique",
    )
    cool_down_seconds: float = Field(60.0, ge=0, description="minimum time between two clipped moments of a channel")
    hourly_budget: int = Field(120, ge=1, description="maximum number of clips requested per hour")
    confirm_seconds: float = Field(180.0, gt=0, description="how long a requested clip may take to appear")
    adoption_seconds: float = Field(600.0, gt=0, description="how long to search for a clip whose answer was lost")
    poll_seconds: float = Field(
        5.0, gt=0, le=60, description="first pause between two lookups of a clip; doubles up to 30 s"
    )

    hidden_words: Path = Field(
        default=HIDDEN_WORDS,
        validate_default=True,
        description="file of the words that no title says, see configs/hidden_words.toml",
    )

    @field_validator("hidden_words")
    @classmethod
    def are_words(cls, value: Path) -> Path:
        """Refuse a file that cannot be read."""
        read_hidden_words(value)
        return value

    def hidden(self) -> HiddenWords:
        """Return the words that no title says."""
        return read_hidden_words(self.hidden_words)

    def polling(self, longest_seconds: float = 30.0) -> Backoff:
        """Return the pauses between two lookups at Twitch, from `poll_seconds` up to `longest_seconds`."""
        return Backoff(self.poll_seconds, max(self.poll_seconds, longest_seconds))
