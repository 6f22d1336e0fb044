"""What the crowd of a moment wrote, and the raids, gifts and changed rules around it."""
