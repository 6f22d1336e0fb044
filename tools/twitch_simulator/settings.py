"""The simulator's settings: from `SIMULATOR_` variables, overridden by flags of the same names."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SimulatorSettings(BaseSettings):
    """What the simulated Twitch looks like and where it listens. Port 0 asks the system for a free port."""

    model_config = SettingsConfigDict(env_prefix="SIMULATOR_", frozen=True, cli_kebab_case=True)
    bind_address: str = Field("127.0.0.1", description="address that all ports listen on")
    irc_port: int = Field(6667, ge=0, le=65535, description="chat over TCP")
    websocket_port: int = Field(6680, ge=0, le=65535, description="chat over WebSocket")
    http_port: int = Field(6690, ge=0, le=65535, description="/helix/, /oauth2/ and /control/")
    public_url: str = Field("", description="address in clip links; empty: http://BIND_ADDRESS:HTTP_PORT")
    channels: int = Field(40, ge=1, le=20_000, description="generated channels")
    messages_per_second: float = Field(150.0, ge=0, description="chat of all generated channels together")
    bursts_per_minute: float = Field(3.0, ge=0, description="random bursts in all channels together")
    notices_per_minute: float = Field(6.0, ge=0, description="raids, gifts, deletions in all channels together")
    plays_per_minute: float = Field(0.0, ge=0, description="raids, votes, floods… in all channels together")
    always_live: bool = Field(False, description="no generated channel goes offline by itself")
    seed: int = Field(1, description="equal seeds give equal channels and chat")
    time_scale: float = Field(1.0, gt=0, description="days in the simulated world for each real day")
    clip_delay_seconds: float = Field(5.0, ge=0, description="from Create Clip until Get Clips shows the clip")
    requests_per_minute: int = Field(800, ge=1, description="Helix's bucket for each client and user")
    ping_interval_seconds: float = Field(240.0, gt=0, description="between the PINGs that the server sends")
    truth_file: Path = Field(Path("twitch-truth"), description="folder of messages.jsonl, bursts.jsonl, clips.jsonl")
    replay: str = Field("", description="recordings in CHAT_DATA to replay as channels, separated by commas")
    replay_speed: float = Field(1.0, gt=0, description="recorded seconds for each second")


class RecordingSettings(BaseSettings):
    """Where recorded chat lies."""

    model_config = SettingsConfigDict(frozen=True)
    chat_data: Path | None = Field(None, description="folder of NAME.jsonl.gz")
