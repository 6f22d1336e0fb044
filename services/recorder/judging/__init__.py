"""Judges the detector by what viewers clipped."""
