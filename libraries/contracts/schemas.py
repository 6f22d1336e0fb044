"""Writes the JSON schemas of all topics: `python -m contracts.schemas`."""

import json
from pathlib import Path

from contracts import codec, topics

FOLDER = Path(__file__).parent / "schemas"


def text(topic: str) -> str:
    """Return the content of a topic's schema file."""
    return json.dumps(codec.schema(topic), indent=1, sort_keys=True) + "\n"


def path(topic: str) -> Path:
    """Return the path of a topic's schema file."""
    return FOLDER / f"{topic}.v{codec.SUPPORTED_VERSION}.schema.json"


def main() -> None:
    """Write every topic's schema."""
    FOLDER.mkdir(exist_ok=True)
    for topic in topics.ALL:
        path(topic.name).write_text(text(topic.name))


if __name__ == "__main__":
    main()
