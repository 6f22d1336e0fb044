"""Rolls streams up into their recaps."""
