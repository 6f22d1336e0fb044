"""Runs the website: `python -m api_frontend`."""

from api_frontend.main import main

raise SystemExit(main())
