"""How to reach Twitch's HTTP API, and with whose credentials."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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

    @field_validator("api_url", "auth_url")
    @classmethod
    def with_slash(cls, value: str) -> str:
        """End an address in a slash, so that paths can be appended."""
        if not value.startswith(("http://", "https://")):
            raise ValueError("an address starts with http:// or https://")
        return value.rstrip("/") + "/"

    @field_validator("client_secret_file", mode="before")
    @classmethod
    def unset(cls, value: object) -> object:
        """Treat an empty variable as no secret."""
        return value or None

    @property
    def anonymous(self) -> bool:
        """True where no application is named, so Helix cannot be asked."""
        return not self.client_id

    def client_secret(self) -> str | None:
        """Return the application's secret; None for a public client. Raises OSError if the file cannot be read."""
        return self.client_secret_file.read_text().strip() if self.client_secret_file else None
