"""The rules by which a detector raises moments, their file (configs/detector.toml), and the rules of a channel."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

NAME = "crowd"
SHADOWS_LIMIT = 3  # each costs a decision per second and its own past peaks
CHANNEL_ID = re.compile(r"[0-9]{1,20}")
SHADOW_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
RATE_LIMIT = 60.0  # per hour; peaks are a minute apart


@dataclass(frozen=True)
class Rules:
    """The rules of one detector. `threshold` is roughly in standard deviations of ordinary chat.

    `moments_per_hour`: the approximate maximum of moments per channel; `clips_per_hour`: how many of them may become
    clips. A `shadow` is a trial: its moments are reported but never clipped. The `name` is part of their ids.
    """

    threshold: float = 4.0
    rearm_share: float = 0.5  # of the threshold; the score has to fall below it before the next moment
    moments_per_hour: float = 10.0
    clips_per_hour: float = 10.0
    name: str = NAME
    shadow: bool = False


class ConfigurationError(ValueError):
    """The file is invalid; the message has every reason."""


class Numbers(BaseModel):
    """The numbers of one table; None for those that the file does not set."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    threshold: float | None = Field(None, ge=1, le=100)
    rearm_share: float | None = Field(None, gt=0, lt=1)
    moments_per_hour: float | None = Field(None, ge=0.1, le=RATE_LIMIT)
    clips_per_hour: float | None = Field(None, ge=0.1, le=RATE_LIMIT)

    def given(self) -> dict[str, float]:
        """Return the numbers that the file sets."""
        return self.model_dump(exclude_none=True)


def _channel_id(name: str) -> str:
    if not CHANNEL_ID.fullmatch(name):
        raise ValueError("a channel is given by its Twitch id, which is a number")
    return name


def _shadow_name(name: str) -> str:
    if not SHADOW_NAME.fullmatch(name) or name == NAME:
        raise ValueError(f"a name has lower-case letters, digits and '-', and is not {NAME!r}")
    return name


class Tables(BaseModel):
    """The tables of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    detector: Numbers = Field(default_factory=lambda: Numbers.model_validate({}))
    channels: dict[Annotated[str, AfterValidator(_channel_id)], Numbers] = {}
    shadows: dict[Annotated[str, AfterValidator(_shadow_name)], Numbers] = Field({}, max_length=SHADOWS_LIMIT)


@dataclass(frozen=True)
class RuleBook:
    """The rules of each channel: a channel's numbers override the detector's, a shadow's override both."""

    detector: Mapping[str, float] = field(default_factory=dict)
    channels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    shadows: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, channel_id: str) -> list[Rules]:
        """Return the detector's rules, then those of its trials."""
        numbers: dict[str, Any] = {**self.detector, **self.channels.get(channel_id, {})}
        rules = replace(Rules(), **numbers)
        return [rules, *(replace(rules, name=name, shadow=True, **own) for name, own in self._trials())]

    def _trials(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, dict(numbers)) for name, numbers in sorted(self.shadows.items())]


def read_configuration(path: Path) -> RuleBook:
    """Read and validate the file; raise ConfigurationError with all its errors."""
    try:
        tables = Tables.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        reasons = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise ConfigurationError(f"{path}: " + "; ".join(reasons)) from error
    return RuleBook(
        tables.detector.given(),
        {name: numbers.given() for name, numbers in tables.channels.items()},
        {name: numbers.given() for name, numbers in tables.shadows.items()},
    )
