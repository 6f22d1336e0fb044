"""Runs the command: python3 -m machine_health."""

from machine_health.main import main

raise SystemExit(main())
