"""REST: Discord's API version 10 below /api/v10, as far as bots and sign-ins need it."""
