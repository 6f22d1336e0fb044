"""What a channel's own people agreed to, hide, clip and want to be told."""
