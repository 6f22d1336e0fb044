"""The page Uptime in words and bars."""
