"""What processes measure of themselves: their container's memory, their consumer groups."""
