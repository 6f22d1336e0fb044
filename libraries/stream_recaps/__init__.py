"""The pure core of recaps: a stream by the minute, and what was felt in an hour. It needs no server."""
