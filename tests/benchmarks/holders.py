"""How often the holder of the lease changes in an hour in which nothing fails, on disks of two speeds: never.

Runs the whole system with a standby twice at the same time, once with each sync 5 ms longer and once 20 ms
(HOLDER_PAUSES), for HOLDER_SECONDS (3600) of even chat. Needs SLOW_SYNC (see `_syncs.py`). Writes results/holders.json;
ends with 1 if a holder changed.
"""

import os
import sys
import threading
import time
from typing import Any

import disk  # beside this file
import whole_system
from _result import write_result
from _standby import Standby
from _syncs import SOURCE

from embedded.system import System

PAUSES = [int(each) for each in os.environ.get("HOLDER_PAUSES", "5,20").split(",")]
SECONDS = float(os.environ.get("HOLDER_SECONDS", "3600"))
WAIT_SECONDS = 300.0  # until the other systems run as well
HOLDER = {"stream_monitoring": {"MONITORING_HAS_STANDBY": "true"}}


def holders(system: System, standby: Standby) -> int:
    """Return how often an instance took the lease."""
    return (system.log("stream_monitoring").read_text() + standby.log).count(disk.HOLDING)


def measure(pause_ms: int, both_run: threading.Barrier) -> dict[str, Any]:
    """Count the changes of holder at one speed of the disk, from when all systems run."""
    options = {"simulator_options": whole_system.OPTIONS, "environment": HOLDER}
    with disk.running(pause_ms, **options) as (system, _, folder), Standby(system, folder, {}) as standby:
        both_run.wait(WAIT_SECONDS)
        before, began = holders(system, standby), time.monotonic()
        time.sleep(SECONDS)  # the load
        return {
            "milliseconds_more_a_sync": pause_ms,
            "seconds": round(time.monotonic() - began),
            "changes_of_holder": holders(system, standby) - before,
            "first_holder": before,
        }


def main() -> int:
    """Run all speeds side by side; return 1 if a holder changed or a system failed."""
    if not SOURCE:
        sys.stderr.write("SLOW_SYNC is not set: there is no slower disk to measure on\n")
        return 0
    rows: list[dict[str, Any]] = []
    both_run = threading.Barrier(len(PAUSES))
    threads = [threading.Thread(target=lambda each=pause: rows.append(measure(each, both_run))) for pause in PAUSES]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if len(rows) < len(PAUSES):
        return 1
    write_result("holders", {"rows": sorted(rows, key=lambda row: row["milliseconds_more_a_sync"])})
    return 1 if any(row["changes_of_holder"] for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(main())
