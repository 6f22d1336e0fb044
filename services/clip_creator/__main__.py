"""Runs the service: python -m clip_creator."""

from clip_creator.main import main

raise SystemExit(main())
