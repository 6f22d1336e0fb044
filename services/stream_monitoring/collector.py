"""Python's cycle collector, told that messages are plain bytes: nothing that a message leaves behind is a cycle."""

import gc

NEW_OBJECTS = 100_000  # between two collections; a burst of records is no reason to look for cycles
YOUNG_COLLECTIONS = 20  # between two of the middle generation, and of those between two of the oldest


def collect_rarely() -> None:
    """Call once, when everything is imported: saves about a tenth of the CPU (tests/benchmarks/reading.py)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_COLLECTIONS, YOUNG_COLLECTIONS)
