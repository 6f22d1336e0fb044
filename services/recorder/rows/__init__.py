"""Shapes records into rows, one file per kind of record."""
