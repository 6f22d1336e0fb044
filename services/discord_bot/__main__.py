"""Runs the service: python -m discord_bot."""

from discord_bot.main import main

raise SystemExit(main())
