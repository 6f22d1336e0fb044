"""Reads the data files in words/: names, titles, categories, and what people write."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_words(name: str) -> dict[str, Any]:
    """Return the content of words/NAME.toml."""
    return tomllib.loads(files("twitch_simulator.crowd").joinpath("words", f"{name}.toml").read_text(encoding="utf-8"))
