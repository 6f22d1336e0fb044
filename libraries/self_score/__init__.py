"""The pure core of the self-score: places that viewers clipped, and which of them were found. It needs no server."""
