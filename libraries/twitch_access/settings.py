"""How to reach Twitch's HTTP API, and with whose credentials."""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_runtime.settings import readable_secret
from twitch_access.budget import POINTS_PER_MINUTE, RESERVE, Share

Program = Literal["monitoring", "clips", "bot", "site", "viewer_clips"]  # docs/architecture.md, "Points"
CAN_WAIT = frozenset({"bot", "site", "viewer_clips"})
USER_TOKENS_FILE = Path("secrets/twitch_user_tokens.json")


class TwitchSettings(BaseSettings):
    """Without a client id there are no credentials: chat is read anonymously and no clip is asked for."""

    model_config = SettingsConfigDict(env_prefix="TWITCH_", frozen=True)
    api_url: str = Field("https://api.twitch.tv/helix/", description="address of Helix")
    auth_url: str = Field("https://id.twitch.tv/oauth2/", description="address of Twitch's sign-in")
    client_id: str = Field("", description="the application's client id; empty: no credentials")
    client_secret_file: Path | None = Field(None, description="file that holds the application's secret")
    user_tokens_file: Path = Field(USER_TOKENS_FILE, description="file that seed_twitch_tokens.py writes")
    deadline_seconds: float = Field(10.0, gt=0, le=120, description="longest time of one call, retries included")
    monitoring_points: int = Field(250, ge=2, description="requests a minute: who is live, which channels are watched")
    clips_points: int = Field(100, ge=1, description="requests a minute: clips of moments")
    bot_points: int = Field(200, ge=1, description="requests a minute: a bot that answers people")
    site_points: int = Field(20, ge=1, description="requests a minute: names that are typed on the website")
    viewer_clips_points: int = Field(80, ge=1, le=100, description="requests a minute: what became of viewers' clips")
    spare_points: int = Field(150, ge=RESERVE, description="below so many left bot, website and viewers' clips wait")

    @field_validator("api_url", "auth_url")
    @classmethod
    def with_slash(cls, value: str) -> str:
        """End an address in a slash, so that paths can be appended."""
        if not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} is no address: it starts with http:// or https://")
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError as error:
            raise ValueError(f"{value!r} is no address: {error}") from error
        if not parts.hostname or port == 0:
            raise ValueError(f"{value!r} is no address: it names no host or no port")
        return value.rstrip("/") + "/"

    @field_validator("client_secret_file", mode="before")
    @classmethod
    def unset(cls, value: object) -> object:
        """Treat an empty variable as no secret."""
        return value or None

    @model_validator(mode="after")
    def has_secret(self) -> Self:
        """Reject a secret that cannot be read; without a client id it is not needed."""
        if self.client_id and self.client_secret_file:
            try:
                readable_secret(self.client_secret_file)
            except ValueError as error:
                raise ValueError(f"TWITCH_CLIENT_SECRET_FILE: {error}") from error
        return self

    @model_validator(mode="after")
    def fit_together(self) -> Self:
        """Reject shares that Twitch would refuse some day."""
        total = self.monitoring_points + self.clips_points + self.bot_points + self.site_points
        total += self.viewer_clips_points
        if total + self.spare_points > POINTS_PER_MINUTE:
            wanted = f"together they are {total} and {self.spare_points} spare"
            raise ValueError(f"TWITCH_…_POINTS: {wanted}, Twitch gives {POINTS_PER_MINUTE}")
        return self

    def share(self, program: Program, instances: int = 1) -> Share:
        """Return a program's share of Twitch's points; of each of `instances` that do the same."""
        points: int = getattr(self, f"{program}_points")
        return Share(max(1, points // instances), self.spare_points if program in CAN_WAIT else RESERVE)

    @property
    def anonymous(self) -> bool:
        """True where no application is named, so Helix cannot be asked."""
        return not self.client_id

    def client_secret(self) -> str | None:
        """Return the application's secret; None for a public client. Raises OSError if the file cannot be read."""
        return self.client_secret_file.read_text().strip() if self.client_secret_file else None
