"""`python clock_off.py SECONDS`: run stream_monitoring on a machine whose clock is wrong by so many seconds."""

import sys
import time

right = time.time
wrong_by = float(sys.argv[1])
time.time = lambda: right() + wrong_by

from stream_monitoring.main import main  # noqa: E402 - the clock first

raise SystemExit(main())
