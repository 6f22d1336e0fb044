"""Settings of the website, from environment variables."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import Field, FilePath, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from discord_notices.invite import AUTHORIZE
from moment_detection.hidden_words import HiddenWords, read_hidden_words

TWITCH_FRAMES = "https://clips.twitch.tv https://player.twitch.tv"
IMAGES = (  # thumbnails and emotes of Twitch, and the emotes of 7TV, BetterTTV and FrankerFaceZ
    "https://*.twitch.tv https://*.jtvnw.net https://cdn.7tv.app https://cdn.betterttv.net https://cdn.frankerfacez.com"
)
TWITCH_EMOTES = "https://static-cdn.jtvnw.net/emoticons/v2"
DISCORD_API = "https://discord.com/api/v10"
HIDDEN_WORDS = Path(__file__).parents[2] / "configs" / "hidden_words.toml"  # in an image too
TUNNEL_NETWORKS = "127.0.0.0/8 ::1/128 172.16.0.0/12"  # this machine, and the networks that Docker makes by itself
RATE = r"^[1-9]\d*/(second|minute|hour)$"


class ApiSettings(BaseSettings):
    """The website's own settings; lists are separated by spaces."""

    model_config = SettingsConfigDict(env_prefix="API_", frozen=True)
    bind_address: str = Field(default="127.0.0.1", description="address to serve the site on")
    port: int = Field(default=5000, ge=1, le=65535, description="port of the site")
    metrics_bind_address: str = Field(default="127.0.0.1", description="address to serve /metrics on")
    metrics_port: int = Field(default=5001, ge=1, le=65535, description="port of /metrics")
    site_domains: str = Field(
        default="localhost",
        pattern=r"^[A-Za-z0-9.\- ]+$",
        description="domains of the site; a clip's embed has to name them, "
        "and what people send under other names is refused",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[A-Za-z0-9.\-]+(:\d{1,5})?/?$",
        description="address of the site, for links in feeds, cards and the sitemap; "
        "empty: https:// or http:// and the name that a visitor typed",
    )
    frame_sources: str = Field(
        default=TWITCH_FRAMES, pattern=r"^[^;,\r\n]+$", description="origins that a clip's player may be loaded from"
    )
    image_sources: str = Field(
        default=IMAGES, pattern=r"^[^;,\r\n]+$", description="origins that thumbnails and emotes may be loaded from"
    )
    twitch_emotes_url: str = Field(
        default=TWITCH_EMOTES, pattern=r"^https?://[^\s?#]+$", description="where the pictures of Twitch's emotes are"
    )
    stream_url: str = Field(
        default="https://www.twitch.tv/{login}", pattern=r"^https?://.*\{login\}", description="a channel's live page"
    )
    rate_limit: str = Field(default="300/minute", pattern=RATE, description="API requests allowed per client")
    pages_rate_limit: str = Field(default="600/minute", pattern=RATE, description="pages allowed per client")
    events_rate_limit: str = Field(
        default="120/minute", pattern=RATE, description="connections to the live line allowed per client"
    )
    ask_limit: str = Field(
        default="10/hour",
        pattern=r"^\d+/(second|minute|hour)$",
        description="how often a client may ask for a channel to be watched, or sign in to opt out",
    )
    sign_in_return_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+/channels/opt-out/return)?$",
        description="https://name of the site/channels/opt-out/return, a redirect URL of the Twitch application; "
        "empty: streamers cannot sign in to opt out",
    )
    contact: str = Field(
        default="",
        max_length=200,
        description="where people write who want their channel opted out: a mail or web address",
    )
    report_limit: str = Field(
        default="20/hour", pattern=r"^\d+/(second|minute|hour)$", description="reports of moments allowed per client"
    )
    verdict_limit: str = Field(
        default="20/day",
        pattern=r"^\d+/(second|minute|hour|day)$",
        description="verdicts and hearts that count for the best, allowed per network (/24 of IPv4, /64 of IPv6)",
    )
    press_limit: str = Field(
        default="240/hour",
        pattern=r"^\d+/(second|minute|hour)$",
        description="how often a client may press Good one, Not really or the heart, counted or not",
    )
    trust_cloudflare: bool = Field(
        default=False, description="read the client's address from CF-Connecting-IP; only behind a tunnel that sets it"
    )
    trust_proxy: bool = Field(
        default=False,
        description="read the visitor's address from X-Forwarded-For; only behind our proxy, which sets it",
    )
    tunnel_networks: str = Field(
        default=TUNNEL_NETWORKS, description="networks of the tunnel; Cloudflare's header counts from no other"
    )
    live_pages: int = Field(
        default=500, ge=1, description="most open pages that receive new moments; one client gets a fiftieth of them"
    )
    keep_seconds: float = Field(
        default=1.0, ge=0, le=5, description="how long answers and moments are kept in memory, unless news comes"
    )
    away_after_seconds: float = Field(
        default=30.0, gt=0, description="silence of the job or the recorder after which processing counts as offline"
    )

    hidden_words: Path = Field(
        default=HIDDEN_WORDS,
        validate_default=True,
        description="file of the words that are never shown, see configs/hidden_words.toml",
    )
    demo: bool = Field(
        default=False,
        description="Twitch is simulated: every page says so, nothing links to the real one, clips are at this site",
    )

    @field_validator("tunnel_networks")
    @classmethod
    def are_networks(cls, value: str) -> str:
        """Refuse what is no network, at the start and not at a request."""
        for each in value.split():
            ip_network(each)
        return value

    @field_validator("hidden_words")
    @classmethod
    def are_words(cls, value: Path) -> Path:
        """Refuse a file that cannot be read."""
        read_hidden_words(value)
        return value

    def hidden(self) -> HiddenWords:
        """Return the words that are never shown."""
        return read_hidden_words(self.hidden_words)

    def networks(self) -> list[IPv4Network | IPv6Network]:
        """Return the networks that the tunnel's connections come from."""
        return [ip_network(each) for each in self.tunnel_networks.split()]

    def domains(self) -> list[str]:
        """Return the domains that a clip's embed names as its parents."""
        return self.site_domains.split()


class DiscordPageSettings(BaseSettings):
    """The pages of the Discord bot: they explain it in any case, and people can sign in where all of this is set."""

    model_config = SettingsConfigDict(env_prefix="API_DISCORD_", frozen=True)
    client_id: str = Field(
        default="", pattern=r"^\d{0,25}$", description="the bot's application id, for its invite link and the sign-in"
    )
    client_secret_file: Path | None = Field(
        default=None, description="file with the application's OAuth2 client secret; empty: nobody can sign in"
    )
    return_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+/discord/return)?$",
        description="https://name of the site/discord/return, a redirect of the Discord application; "
        "empty: nobody can sign in",
    )
    api_url: str = Field(default=DISCORD_API, pattern=r"^https?://[^\s?#]+$", description="address of Discord's API")
    page_url: str = Field(
        default=AUTHORIZE, pattern=r"^https?://[^\s?#]+$", description="Discord's page that people sign in on"
    )
    sign_in_limit: str = Field(
        default="10/hour", pattern=RATE, description="how often a client may sign in with Discord"
    )
    change_limit: str = Field(
        default="200/hour", pattern=RATE, description="how often a person may change settings of Discord servers"
    )
    rights_seconds: float = Field(
        default=180.0, ge=0, le=600, description="after this long Discord is asked again which servers a person manages"
    )

    @field_validator("client_secret_file", mode="before")
    @classmethod
    def unset(cls, value: object) -> object:
        """Treat an empty variable as no secret."""
        return value or None

    @field_validator("client_secret_file")
    @classmethod
    def readable(cls, value: Path | None) -> Path | None:
        """Refuse a file that cannot be read; an empty one counts as no secret."""
        try:
            return value if value is None or value.read_text() is not None else None
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{value} cannot be read: {error}") from error

    def client_secret(self) -> str:
        """Return the secret, empty without one; never log it."""
        return self.client_secret_file.read_text().strip() if self.client_secret_file else ""


class ConsentSettings(BaseSettings):
    """A channel's own people can sign in with Twitch where key and way back are set, and the application's secret.

    The key is in a file, in no database: 64 hexadecimal digits a line, the newest first.
    """

    model_config = SettingsConfigDict(env_prefix="API_CONSENT_", frozen=True)
    key_file: Path | None = Field(
        default=None, description="file of the keys that encrypt streamers' tokens; empty: streamers cannot sign in"
    )
    return_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+/channels/sign-in/return)?$",
        description="https://name of the site/channels/sign-in/return, a redirect URL of the Twitch application; "
        "empty: streamers cannot sign in",
    )
    sign_in_limit: str = Field(
        default="20/hour", pattern=RATE, description="how often a client may sign in for a channel"
    )
    change_limit: str = Field(
        default="200/hour", pattern=RATE, description="how often a person may hide, clip and choose for channels"
    )
    rights_seconds: float = Field(
        default=180.0, ge=0, le=600, description="after this long Twitch is asked again who a channel's editors are"
    )
    give_up_seconds: float = Field(
        default=180.0, gt=0, le=3600, description="after this long a clip that does not appear counts as unknown"
    )

    @field_validator("key_file", mode="before")
    @classmethod
    def unset(cls, value: object) -> object:
        """Treat an empty variable as no key."""
        return value or None

    @field_validator("key_file")
    @classmethod
    def readable(cls, value: Path | None) -> Path | None:
        """Refuse a file without keys; an empty one counts as no key."""
        try:
            text = value.read_text() if value else ""
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{value} cannot be read: {error}") from error
        try:
            keys_in(text)
        except ValueError as error:
            raise ValueError(f"{value}: {error}") from error
        return value

    def keys(self) -> list[bytes]:
        """Return the keys, none without a file; never log them."""
        return keys_in(self.key_file.read_text()) if self.key_file else []


def keys_in(text: str) -> list[bytes]:
    """Read keys, 64 hexadecimal digits a line. Raises ValueError, which says nothing of what the file holds."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any(re.fullmatch(r"[0-9a-fA-F]{64}", line) is None for line in lines):
        raise ValueError("a line is no key of 64 hexadecimal digits")
    return [bytes.fromhex(line) for line in lines]


class RedisSettings(BaseSettings):
    """Redis holds the rate limits; without it each process counts in memory."""

    model_config = SettingsConfigDict(env_prefix="REDIS_", frozen=True)
    url: str | None = Field(
        default=None,
        pattern=r"^(redis|rediss|unix)://",
        description="redis://host:port or unix:///path, without the password; empty: none",
    )
    password_file: FilePath | None = Field(default=None, description="file that holds the password")

    def password(self) -> str | None:
        """Return the password; never log it."""
        return self.password_file.read_text().strip() if self.password_file else None
