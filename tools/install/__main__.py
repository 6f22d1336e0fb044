"""Starts the installer: python3 -m install."""

from install.main import main

raise SystemExit(main())
