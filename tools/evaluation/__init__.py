"""Measures the detector against moments that people chose, beside other detectors, in one run."""
