"""Runs the tool: python3 -m deploy."""

from deploy.main import main

raise SystemExit(main())
