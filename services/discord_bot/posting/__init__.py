"""Decides what is posted, edited and withdrawn, and hands it to the sender."""
