"""`python -m watcher` runs the watcher."""

from watcher.main import main

raise SystemExit(main())
