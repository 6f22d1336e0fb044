"""The Flink job: windows in SQL, then one detector call per channel and second."""
