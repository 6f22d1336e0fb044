"""Brings a fresh machine to a running Stream Scout, by infrastructure/install.sh; needs the standard library alone."""
