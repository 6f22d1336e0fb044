"""Where a run starts: checkpoints, and how far earlier runs came."""
