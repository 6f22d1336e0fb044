"""glibc's allocator, told that what is freed is soon needed again.

librdkafka's thread frees a drain's records while the parser makes new ones. By default both give memory back to the
system and ask for it again in small steps, holding the lock that the other waits for.
"""

import ctypes

MEGABYTE = 1024 * 1024
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3  # mallopt's names for them
OPTIONS = {
    TOP_PAD: 16 * MEGABYTE,  # asked for at once
    TRIM_THRESHOLD: 32 * MEGABYTE,  # free at the heap's end before any goes back
    MMAP_THRESHOLD: 30 * MEGABYTE,  # a frame's body comes from the heap as well
}


def keep_freed_memory() -> None:
    """Call once, at the start: saves about a tenth of the CPU in a drain (tests/benchmarks/reading.py).

    Does nothing where the C library has no such options.
    """
    if set_option := getattr(ctypes.CDLL(None), "mallopt", None):
        for option, size in OPTIONS.items():
            set_option(option, size)
