"""Moments in words and curves that people understand."""
