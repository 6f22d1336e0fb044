"""Runs the simulator: python -m twitch_simulator."""

from twitch_simulator.main import main

raise SystemExit(main())
