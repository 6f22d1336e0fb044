"""Collects the website's texts into the catalogues of its languages."""
