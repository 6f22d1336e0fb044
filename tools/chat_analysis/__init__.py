"""Run the detector over recorded chat."""
