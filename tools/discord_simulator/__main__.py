"""Runs the simulator: python -m discord_simulator."""

from discord_simulator.main import main

raise SystemExit(main())
