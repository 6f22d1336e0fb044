"""Sends planned chat when it is due, and writes its ground truth first."""
