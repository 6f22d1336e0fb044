"""Which parts of the site were up in the last 90 days, from what the watcher noted."""
