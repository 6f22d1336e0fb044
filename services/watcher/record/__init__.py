"""Notes which parts of the site are up: looks, decides, and writes what the website's page Uptime shows."""
