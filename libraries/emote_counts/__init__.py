"""Counts uses of emotes per second, packs them, and reads them as series and tops."""
