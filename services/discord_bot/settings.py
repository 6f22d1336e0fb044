"""Settings of the bot, with the prefix `DISCORD_`."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from moment_detection.hidden_words import HiddenWords, read_hidden_words

HIDDEN_WORDS = Path(__file__).parents[2] / "configs" / "hidden_words.toml"
NEXT_STEP = (
    "make an application at discord.com/developers/applications, take the token of its bot, and write it there: "
    "printf %s 'THE TOKEN' > secrets/discord_token (DEPLOYMENT.md, Discord)"
)


def token_in(path: Path) -> Path:
    """Raise ValueError, with the way to get a token, if the file has none."""
    try:
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read ({error}): {NEXT_STEP}") from error
    if not token:
        raise ValueError(f"{path} is empty: {NEXT_STEP}")
    return path


class DiscordSettings(BaseSettings):
    """Where Discord is, how often Twitch is asked, and how long things are kept."""

    model_config = SettingsConfigDict(env_prefix="DISCORD_", frozen=True)
    token_file: Annotated[Path, AfterValidator(token_in)] = Field(description="file with the bot's token")
    api_url: str = Field("", description="address of Discord's API; empty: Discord's own")
    gateway_url: str = Field("", description="address of Discord's gateway; empty: Discord's own")
    site_url: str = Field("", description="address of this website, for links in messages; empty: none")
    poll_seconds: float = Field(20.0, gt=0, le=600, description="pause between two looks at who is live")
    over_seconds: float = Field(120.0, gt=0, description="a stream is over after it was not listed for this long")
    lease_seconds: float = Field(15.0, ge=3, le=300, description="another instance takes over after this long")
    answer_seconds: float = Field(30.0, ge=1, le=300, description="longest wait for an answer of Discord's")
    silent_days: int = Field(90, ge=1, description="days after which what nobody repaired is forgotten")
    streams_days: int = Field(90, ge=1, description="days that streams and their viewers are kept")
    hidden_words: Path = Field(HIDDEN_WORDS, description="file with the words that are never shown")
    bind_address: str = Field("127.0.0.1", description="address of the metrics and health ports")
    metrics_port: int = Field(9105, ge=0, le=65535, description="port of /metrics")
    health_port: int = Field(8083, ge=0, le=65535, description="port of /live and /ready")

    @field_validator("hidden_words")
    @classmethod
    def readable(cls, value: Path) -> Path:
        """Reject a file that cannot be read as a list of hidden words."""
        read_hidden_words(value)
        return value

    def hidden(self) -> HiddenWords:
        """Return the words that are never shown."""
        return read_hidden_words(self.hidden_words)

    def token(self) -> str:
        """Return the token; never log it."""
        return self.token_file.read_text().strip()
