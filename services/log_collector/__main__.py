"""Runs the service: python -m log_collector."""

from log_collector.main import main

raise SystemExit(main())
