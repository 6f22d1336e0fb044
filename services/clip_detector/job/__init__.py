"""The Flink job: windows in SQL, the detector once per channel and second."""
