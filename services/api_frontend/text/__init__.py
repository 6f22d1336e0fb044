"""Moments as sentences and curves."""
