"""The recorder's settings, from environment variables with the prefix `RECORDER_`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts import kept

REPOSITORY = Path(__file__).resolve().parents[2]


class MigrationSettings(BaseSettings):
    """Where the migrations are and how long to wait for Postgres."""

    model_config = SettingsConfigDict(env_prefix="RECORDER_", frozen=True)
    migrations_directory: Path = Field(
        REPOSITORY / "infrastructure" / "postgres" / "migrations", description="folder of the numbered SQL files"
    )
    rights_file: Path = Field(
        REPOSITORY / "infrastructure" / "postgres" / "rights.sql", description="what each role may do, as SQL"
    )
    migrations_wait_seconds: float = Field(60.0, ge=0, description="how long to wait for Postgres to answer")


class RecorderSettings(BaseSettings):
    """How the recorder records and how long it keeps."""

    model_config = SettingsConfigDict(env_prefix="RECORDER_", frozen=True)
    instance: str = Field("recorder", min_length=1, description="name of this process in its Kafka groups")
    bind_address: str = Field("127.0.0.1", description="address of the metrics port")
    metrics_port: int = Field(9101, ge=0, le=65535, description="port of /metrics")
    inspect_chat: bool = Field(True, description="check chat-messages against the contract")
    chat_counts_retention_days: int = Field(
        kept.COUNTS_DAYS, ge=3, description="days of per-second counts and coverage kept"
    )
    emotes_retention_days: int = Field(kept.EMOTES_DAYS, ge=3, description="days of the uses of emotes kept")
    notices_retention_days: int = Field(kept.NOTICES_DAYS, ge=1, description="days of raids, gifts and the like kept")
    recaps_retention_days: int = Field(
        kept.RECAPS_DAYS, ge=31, description="days of recaps kept: curves by the minute, raids, viewers, titles"
    )
    viewer_clips_retention_days: int = Field(
        kept.VIEWER_CLIPS_DAYS, ge=31, description="days of viewers' clips kept, from when they were made"
    )
    dead_letters_retention_hours: int = Field(
        kept.WORDS_HOURS, ge=1, le=kept.WORDS_HOURS, description="hours; dead letters may contain chat texts"
    )
