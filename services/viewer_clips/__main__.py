"""Runs the service: python -m viewer_clips."""

from viewer_clips.main import main

raise SystemExit(main())
