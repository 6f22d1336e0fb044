"""Problems that a person must fix before something can start."""

import sys
from collections.abc import Callable


class SetupError(Exception):
    """Something is missing or wrong; the message names it and what to do, and is shown without a traceback."""


def exit_code(ensure: Callable[[], object]) -> int:
    """Call `ensure` and return 0; if it raises SetupError, print the problem and return 1."""
    try:
        ensure()
    except SetupError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0
