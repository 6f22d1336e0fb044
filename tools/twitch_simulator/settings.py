"""The simulator's settings: from `SIMULATOR_` variables, overridden by flags of the same names."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SimulatorSettings(BaseSettings):
    """Size and behaviour of the simulated Twitch, and its ports. Port 0 selects a free port."""

    model_config = SettingsConfigDict(env_prefix="SIMULATOR_", frozen=True, cli_kebab_case=True)
    bind_address: str = Field("127.0.0.1", description="address on which all ports listen")
    irc_port: int = Field(6667, ge=0, le=65535, description="port of chat over TCP")
    websocket_port: int = Field(6680, ge=0, le=65535, description="port of chat over WebSocket")
    http_port: int = Field(6690, ge=0, le=65535, description="port of /helix/, /oauth2/ and /control/")
    public_url: str = Field("", description="base URL of clip links; empty: http://BIND_ADDRESS:HTTP_PORT")
    channels: int = Field(40, ge=1, le=20_000, description="number of generated channels")
    messages_per_second: float = Field(150.0, ge=0, description="chat of all generated channels together")
    bursts_per_minute: float = Field(3.0, ge=0, description="random bursts in all channels together")
    notices_per_minute: float = Field(6.0, ge=0, description="raids, gifts, deletions in all channels together")
    plays_per_minute: float = Field(0.0, ge=0, description="raids, votes, copypasta… in all channels together")
    always_live: bool = Field(False, description="generated channels never go offline by themselves")
    lively: bool = Field(False, description="crowds write as on a site in use: moods, other providers' emotes")
    stream_changes_per_minute: float = Field(0.0, ge=0, description="streams that end, start or change their game")
    refusing_channels_every: int = Field(0, ge=0, description="every Nth channel lets nobody clip; 0: none")
    late_clips_every: int = Field(0, ge=0, description="every Nth clip appears a minute or two late; 0: none")
    viewer_clips_per_burst: float = Field(0.0, ge=0, description="clips of a burst that viewers notice; 0: none")
    vod_offset_seconds: float = Field(60.0, ge=0, description="until Get Clips knows a clip's second of the recording")
    seed: int = Field(1, description="equal seeds give equal channels and chat")
    time_scale: float = Field(1.0, gt=0, description="simulated days per real day")
    clip_delay_seconds: float = Field(5.0, ge=0, description="delay from Create Clip until Get Clips shows the clip")
    requests_per_minute: int = Field(800, ge=1, description="Helix's rate limit per client and user")
    emote_requests_per_minute: int = Field(600, ge=1, description="each emote provider's limit per address")
    ping_interval_seconds: float = Field(240.0, gt=0, description="interval between the server's PINGs")
    truth_file: Path = Field(
        Path("twitch-truth"), description="folder of the ground truth files, such as messages.jsonl"
    )
    truth_messages_mb: int = Field(0, ge=0, description="size at which messages.jsonl begins anew; 0: it grows")
    replay: str = Field("", description="comma-separated recordings in CHAT_DATA to replay as channels")
    replay_speed: float = Field(1.0, gt=0, description="recorded seconds per second")


class RecordingSettings(BaseSettings):
    """Location of recorded chat."""

    model_config = SettingsConfigDict(frozen=True)
    chat_data: Path | None = Field(None, description="folder with NAME.jsonl.gz")
