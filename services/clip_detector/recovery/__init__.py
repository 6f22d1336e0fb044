"""Where a run starts: from a checkpoint, or by how far earlier runs came."""
