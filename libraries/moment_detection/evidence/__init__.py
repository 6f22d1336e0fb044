"""What the crowd of a moment wrote, and what happened in the channel around it."""
