"""Reads a service's /metrics page."""

import urllib.request


def total(port: int, name: str) -> float:
    """Return the sum of the samples of `name`, over all labels if none are given; 0.0 without an answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return 0.0
    samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return sum(float(value) for sample, value in samples if sample == name or sample.startswith(f"{name}{{"))
