"""Runs the command: python -m status."""

from status.main import main

raise SystemExit(main())
