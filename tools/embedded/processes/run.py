"""Runs one program of a system for supervisord: `python -m embedded.processes.run PLAN NAME`."""

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from embedded.processes.processes import MARK, PROGRAM_MARK, die_with_parent, end, marked

LEFTOVER_GRACE_SECONDS = 0.0  # leftovers of a killed program must not write beside its successor


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """End the leftovers of an earlier run, then replace this process by the program; it ends with supervisord."""
    plan_file, name = arguments
    plan = json.loads(Path(plan_file).read_text())[name]
    die_with_parent(signal.SIGTERM)
    end(marked(Path(os.environ[MARK]), name), LEFTOVER_GRACE_SECONDS)
    environment = {**os.environ, **plan["environment"], PROGRAM_MARK: name}
    os.execvpe(plan["command"][0], plan["command"], environment)  # noqa: S606  # nosec B606  # no shell


if __name__ == "__main__":
    main()
