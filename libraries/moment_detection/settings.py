"""The settings of the detector's rules: `DETECTOR_` variables and the file they name."""

from dataclasses import replace
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from moment_detection.detection.rules import RuleBook, read_configuration


class RuleSettings(BaseSettings):
    """The file of the detector's numbers, and the two numbers that a variable can override."""

    model_config = SettingsConfigDict(env_prefix="DETECTOR_", frozen=True)
    config: Path | None = Field(None, description="file of the detector's numbers, see configs/detector.toml")
    threshold: float | None = Field(None, ge=1, le=100, description="overrides the file's threshold")
    rearm_share: float | None = Field(None, gt=0, lt=1, description="overrides the file's rearm_share")

    @field_validator("config")
    @classmethod
    def _readable(cls, config: Path | None) -> Path | None:
        if config:
            read_configuration(config)
        return config

    def rules(self) -> RuleBook:
        """Return the rules of each channel."""
        book = read_configuration(self.config) if self.config else RuleBook()
        own = {"threshold": self.threshold, "rearm_share": self.rearm_share}
        numbers = {**book.detector, **{name: number for name, number in own.items() if number is not None}}
        return replace(book, detector=numbers)
