"""What a person has to put right before something can start."""

import sys
from collections.abc import Callable


class SetupError(Exception):
    """Its message says what is missing or wrong and what to do about it; it is shown without a traceback."""


def exit_code(ensure: Callable[[], object]) -> int:
    """Call `ensure`; 0, or 1 with the problem printed where it raises SetupError."""
    try:
        ensure()
    except SetupError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0
