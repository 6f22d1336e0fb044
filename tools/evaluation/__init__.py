"""Measure the detector, beside other detectors, against the moments that people chose."""
