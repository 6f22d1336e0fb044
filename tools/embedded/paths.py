"""Paths in the repository and in the virtual environment."""

from importlib.util import find_spec
from pathlib import Path

from embedded.problems import SetupError

REPOSITORY = Path(__file__).resolve().parents[2]
INFRASTRUCTURE = REPOSITORY / "infrastructure"
CONFIGS = REPOSITORY / "configs"
JARS = REPOSITORY / "build" / "jars"
KAFKA_JARS = JARS / "kafka"
FLINK_JARS = JARS / "flink"
FLINK_LOGGING = CONFIGS / "flink" / "log4j-console.properties"
CLASS_ARCHIVES = REPOSITORY / "build" / "classes"


def class_archive(program: str) -> list[str]:
    """Return the JVM option for the class archive of `program`; empty if there is none."""
    archive = CLASS_ARCHIVES / f"{program}.jsa"
    return [f"-XX:SharedArchiveFile={archive}"] if archive.exists() else []


def package_folder(package: str, distribution: str) -> Path:
    """Return the folder of an installed package without importing it. Raises SetupError if it is not installed."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(f"The Python package {distribution} is not installed. Run `make venv`.")
    return Path(spec.submodule_search_locations[0])
