"""Runs the service: python -S -m log_source."""

from log_source.main import main

raise SystemExit(main())
