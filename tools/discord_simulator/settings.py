"""The simulator's settings: from `DISCORD_SIMULATOR_` variables, overridden by flags of the same names."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from discord_simulator.world.permissions import BOT_DEFAULT


class DiscordSettings(BaseSettings):
    """Size and behaviour of the simulated Discord, and its ports. Port 0 selects a free port."""

    model_config = SettingsConfigDict(env_prefix="DISCORD_SIMULATOR_", frozen=True, cli_kebab_case=True)
    bind_address: str = Field("127.0.0.1", description="address of REST, control and gateway")
    page_address: str = Field("127.0.0.1", description="address of the pages for people")
    http_port: int = Field(6790, ge=0, le=65535, description="port of /api/ and /control/")
    gateway_port: int = Field(6791, ge=0, le=65535, description="port of the gateway (WebSocket)")
    page_port: int = Field(6792, ge=0, le=65535, description="port of the pages: servers and /oauth2/authorize")
    public_url: str = Field("", description="base URL of the pages; empty: http://PAGE_ADDRESS:PAGE_PORT")
    token: str = Field("MTEwMDAwMDAwMDAwMDAwMDAwMQ.simulator.bot-token", description="the bot's token")
    client_secret: str = Field("simulator-secret", description="the application's OAuth2 secret")
    redirects: str = Field("", description="comma-separated OAuth2 redirect addresses; empty: any")
    preview_hosts: str = Field("", description="comma-separated host:port whose pages are read to preview their links")
    guilds: int = Field(3, ge=0, le=20_000, description="servers that the bot is in")
    other_guilds: int = Field(1, ge=0, le=1000, description="servers that it can be invited to")
    crowded: bool = Field(False, description="servers have as many channels, roles and emojis as people's")
    bot_permissions: int = Field(BOT_DEFAULT, ge=0, description="permissions of the bot's role in the servers it is in")
    seed: int = Field(1, description="equal seeds give equal servers and people")
    shards: int = Field(1, ge=1, le=1000, description="shards that /gateway/bot recommends")
    identify_seconds: float = Field(5.0, ge=0, description="least seconds between two IDENTIFY")
    identifies_per_day: int = Field(1000, ge=1, description="sessions that may be started in a day")
    heartbeat_seconds: float = Field(41.25, gt=0, description="heartbeat interval that HELLO asks for")
    resume_seconds: float = Field(120.0, ge=0, description="how long a lost connection's session can be resumed")
    privileged_intents: bool = Field(False, description="allow the intents that Discord grants on application only")
    requests_per_second: int = Field(50, ge=1, description="the bot's global limit")
    invalid_requests: int = Field(10_000, ge=1, description="401, 403, 429 in ten minutes that close the address")
    limit_scale: float = Field(1.0, gt=0, description="multiplies the limit of every bucket")
    old_edits: int = Field(3, ge=0, description="edits of messages older than an hour, per channel and window")
    old_edit_seconds: float = Field(20.0, gt=0, description="that window; Discord publishes neither")
    kept_messages: int = Field(500, ge=50, description="messages that a channel keeps")
    restore: bool = Field(False, description="begin with the messages that stood there when the truth's last run ended")
    truth_file: Path = Field(Path("discord-truth"), description="folder of messages.jsonl and the like")
