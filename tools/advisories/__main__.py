"""Runs the command: python -m advisories."""

from advisories.main import main

raise SystemExit(main())
