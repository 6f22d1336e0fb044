"""Run the detector on recorded chat."""
