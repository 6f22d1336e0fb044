"""The instance's log on disk: frames of records in segments, and a quarantine for lines that were not understood."""
