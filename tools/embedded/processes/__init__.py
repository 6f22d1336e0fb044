"""The system's processes: started, supervised, ended."""
