"""The detector's settings, from `DETECTOR_` variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from clip_detector.bucket import BUCKETS
from clip_detector.rules import Rules


class DetectorSettings(BaseSettings):
    """When a moment is raised, where checkpoints lie, and how Flink runs."""

    model_config = SettingsConfigDict(env_prefix="DETECTOR_", frozen=True)
    threshold: float = Field(Rules.threshold, gt=0, description="score that raises a moment; docs/detection.md")
    rearm_share: float = Field(
        Rules.rearm_share, gt=0, lt=1, description="share of the threshold that the score falls below before the next"
    )
    evidence_text: bool = Field(True, description="count the words and emotes of a moment")
    checkpoint_directory: Path = Field(description="folder of the checkpoints; survives restarts")
    checkpoint_seconds: float = Field(3.0, ge=0.5, description="between checkpoints; the work a kill repeats")
    parallelism: int = Field(
        2, ge=1, le=BUCKETS, description=f"parallel pipelines; at most the {BUCKETS} buckets of state"
    )
    execution_mode: str = Field(
        "process", pattern="^(process|thread)$", description="where Python runs: beside or in the JVM"
    )
    bind_address: str = Field("127.0.0.1", description="address of the REST and metrics ports")
    rest_port: int = Field(8081, ge=1, le=65535, description="Flink's REST interface")
    metrics_port: int = Field(9249, ge=1, le=65535, description="Prometheus metrics")
    heap_mb: int = Field(768, ge=256, description="the JVM's -Xmx")
    flink_jars: Path = Field(Path("build/jars/flink"), description="folder of Flink's and the connector's jars")
    log_directory: Path = Field(Path("build/logs/flink"), description="folder of Flink's own logs")

    def rules(self) -> Rules:
        """The detector's rules."""
        return Rules(self.threshold, self.rearm_share)
