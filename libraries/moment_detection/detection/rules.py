"""When a detector raises a moment: the rules, their file (configs/detector.toml), and which hold for a channel."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

NAME = "crowd"
SHADOWS_LIMIT = 3  # each costs a judgement a second and its own past peaks
CHANNEL_ID = re.compile(r"[0-9]{1,20}")
SHADOW_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
RATE_LIMIT = 60.0  # an hour; peaks are a minute apart


@dataclass(frozen=True)
class Rules:
    """One detector's rules. `threshold` is in standard deviations of ordinary chat, roughly.

    `moments_per_hour`: about how many moments of a channel are raised at most; `clips_per_hour`: how many of them may
    become clips. A `shadow` is on trial: its moments are told and never clipped. Its `name` is part of their ids.
    """

    threshold: float = 4.0
    rearm_share: float = 0.5  # of the threshold; the score falls below it before the next moment
    moments_per_hour: float = 10.0
    clips_per_hour: float = 10.0
    name: str = NAME
    shadow: bool = False


class ConfigurationError(ValueError):
    """The file is wrong; the message has every reason."""


class Numbers(BaseModel):
    """The numbers of one table; None where the file does not name it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    threshold: float | None = Field(None, ge=1, le=100)
    rearm_share: float | None = Field(None, gt=0, lt=1)
    moments_per_hour: float | None = Field(None, ge=0.1, le=RATE_LIMIT)
    clips_per_hour: float | None = Field(None, ge=0.1, le=RATE_LIMIT)

    def named(self) -> dict[str, float]:
        """What the file names."""
        return self.model_dump(exclude_none=True)


def _channel_id(name: str) -> str:
    if not CHANNEL_ID.fullmatch(name):
        raise ValueError("a channel is named by its id at Twitch, which is a number")
    return name


def _shadow_name(name: str) -> str:
    if not SHADOW_NAME.fullmatch(name) or name == NAME:
        raise ValueError(f"a name has small letters, digits and '-', and is not {NAME!r}")
    return name


class Tables(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    detector: Numbers = Field(default_factory=lambda: Numbers.model_validate({}))
    channels: dict[Annotated[str, AfterValidator(_channel_id)], Numbers] = {}
    shadows: dict[Annotated[str, AfterValidator(_shadow_name)], Numbers] = Field({}, max_length=SHADOWS_LIMIT)


@dataclass(frozen=True)
class RuleBook:
    """Which rules hold where: a channel's numbers go before the detector's, a shadow's before both."""

    detector: Mapping[str, float] = field(default_factory=dict)
    channels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    shadows: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, channel_id: str) -> list[Rules]:
        """The detector's rules, then those on trial."""
        numbers: dict[str, Any] = {**self.detector, **self.channels.get(channel_id, {})}
        rules = replace(Rules(), **numbers)
        return [rules, *(replace(rules, name=name, shadow=True, **own) for name, own in self._trials())]

    def _trials(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, dict(numbers)) for name, numbers in sorted(self.shadows.items())]


def read_configuration(path: Path) -> RuleBook:
    """Read and check the file; raises ConfigurationError with everything that is wrong with it."""
    try:
        tables = Tables.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        reasons = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise ConfigurationError(f"{path}: " + "; ".join(reasons)) from error
    return RuleBook(
        tables.detector.named(),
        {name: numbers.named() for name, numbers in tables.channels.items()},
        {name: numbers.named() for name, numbers in tables.shadows.items()},
    )
