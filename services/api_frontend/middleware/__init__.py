"""What every request passes: errors, limits, headers, metrics."""
