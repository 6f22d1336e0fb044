"""Runs the service: python -m emote_counter."""

from emote_counter.main import main

raise SystemExit(main())
