"""Rate limits: a bucket for each route and place, one for the bot, and the count of invalid requests."""
