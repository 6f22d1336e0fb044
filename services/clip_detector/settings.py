"""The detector's settings, from `DETECTOR_` variables."""

from pathlib import Path

from pydantic import Field

from clip_detector.job.bucket import BUCKETS
from moment_detection.settings import RuleSettings


class DetectorSettings(RuleSettings):
    """The rules of moments, the checkpoints, and how Flink runs."""

    evidence_text: bool = Field(True, description="count the words and emotes of a moment")
    emotes: str = Field("", description="emote_counter's file of other providers' emotes; empty: only Twitch's count")
    checkpoint_directory: Path = Field(description="folder of the checkpoints; has to survive restarts")
    # One every 3 s took three times the bytes and syncs; a kill repeats SETTLE_SECONDS (10 s) more at any interval.
    checkpoint_seconds: float = Field(
        10.0, ge=0.5, description="seconds between checkpoints; a kill repeats that much work"
    )
    parallelism: int = Field(
        2, ge=1, le=BUCKETS, description=f"parallel pipelines, at most one per bucket of state ({BUCKETS})"
    )
    bind_address: str = Field("127.0.0.1", description="address of the REST and metrics ports")
    rest_port: int = Field(8081, ge=1, le=65535, description="Flink's REST interface")
    metrics_port: int = Field(9249, ge=1, le=65535, description="Prometheus metrics")
    heap_mb: int = Field(480, ge=256, description="the JVM's -Xmx")
    jvm_options: str = Field("", description="more JVM options, separated by spaces")
    flink_jars: Path = Field(
        Path("build/jars/flink"), description="folder with the jars of Flink and its Kafka connector"
    )
    log_config: Path = Field(
        Path("configs/flink/log4j-console.properties"), description="log4j's configuration for Flink's JVM"
    )
    work_directory: Path = Field(Path("build/flink"), description="scratch folder, emptied at each start")

    def catalogues(self) -> Path | None:
        """Return the file of other providers' emotes, None without one."""
        return Path(self.emotes).absolute() if self.emotes else None
