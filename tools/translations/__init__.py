"""Collects the texts of the website and of the Discord bot into the catalogues of their languages."""
