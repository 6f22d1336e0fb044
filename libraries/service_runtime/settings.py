"""Typed settings from the environment; all problems are reported together, before anything connects."""

import sys
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.topics import DEFAULT, Partitions

MOST_PARTITIONS = 100  # 20 are enough for all of Twitch's chat; each is flushed with each commit


def readable_secret(path: Path) -> Path:
    """Raise ValueError if no secret can be read from the file now: later it would end a worker with a traceback."""
    try:
        is_empty = not path.read_text().strip()
    except FileNotFoundError as error:
        raise ValueError(f"there is no {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if is_empty:
        raise ValueError(f"{path} is empty")
    return path


def none_if_empty(value: object) -> object:
    """Treat an empty variable as not set."""
    return value or None


SecretFile = Annotated[Annotated[Path, AfterValidator(readable_secret)] | None, BeforeValidator(none_if_empty)]


class KafkaSettings(BaseSettings):
    """How to reach Kafka. `KAFKA_USERNAME` turns SASL/SCRAM on; then the password file must exist."""

    model_config = SettingsConfigDict(env_prefix="KAFKA_", frozen=True)
    bootstrap_servers: str = Field(description="host:port of the broker")
    username: str | None = Field(None, description="SASL user; empty: no authentication")
    password_file: SecretFile = Field(None, description="file that holds the SASL password")


class TopicSettings(BaseSettings):
    """How many partitions topics get when they are created; those that exist keep their own."""

    model_config = SettingsConfigDict(env_prefix="KAFKA_", frozen=True)
    chat_partitions: int = Field(
        DEFAULT.chat, ge=1, le=MOST_PARTITIONS, description="partitions of chat-messages when it is created"
    )
    other_partitions: int = Field(
        DEFAULT.others,
        ge=1,
        le=MOST_PARTITIONS,
        description="partitions of moments, clips and the like when they are created",
    )

    def partitions(self) -> Partitions:
        """Return the numbers for new topics."""
        return Partitions(self.chat_partitions, self.other_partitions)


class PostgresSettings(BaseSettings):
    """How to reach Postgres."""

    model_config = SettingsConfigDict(env_prefix="POSTGRES_", frozen=True)
    dsn: SecretStr = Field(description="postgresql://user@host:port/database, without the password")
    password_file: SecretFile = Field(None, description="file that holds the password")

    def conninfo(self) -> str:
        """Return the libpq connection string with the password; never log it."""
        from psycopg.conninfo import make_conninfo

        password = self.password_file.read_text().strip() if self.password_file else None
        return make_conninfo(self.dsn.get_secret_value(), **({"password": password} if password else {}))


class BuildSettings(BaseSettings):
    """Which build of Stream Scout this is; the image says it."""

    model_config = SettingsConfigDict(env_prefix="STREAM_SCOUT_", frozen=True)
    version: str = Field("local", description="tag of our images")
    commit: str = Field("unknown", description="the commit that they are built from")


class LogSettings(BaseSettings):
    """How much is logged."""

    model_config = SettingsConfigDict(env_prefix="LOG_", frozen=True)
    level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="lowest level written")


Settings = TypeVar("Settings", bound=BaseSettings)


def problems(error: ValidationError, prefix: str) -> list[str]:
    """Return a line per wrong setting: the variable and what is wrong with it."""
    return [f"{variable(item['loc'], prefix)}{item['msg'].removeprefix('Value error, ')}" for item in error.errors()]


def variable(place: tuple[int | str, ...], prefix: str) -> str:
    """Return the name of a variable with a colon; nothing for a problem of several together, which names them."""
    return f"{prefix}{'_'.join(str(part) for part in place)}".upper() + ": " if place else ""


def load_all(*kinds: type[BaseSettings]) -> list[Any]:
    """Load each kind of settings; print all their problems and exit with 2 if there are any."""
    loaded, wrong = [], []
    for kind in kinds:
        try:
            loaded.append(kind())
        except ValidationError as error:
            wrong += problems(error, kind.model_config.get("env_prefix", ""))
    if wrong:
        sys.stderr.write("Settings are missing or wrong:\n" + "".join(f"  {line}\n" for line in wrong))
        raise SystemExit(2)
    return loaded
