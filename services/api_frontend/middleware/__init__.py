"""What every request passes through: errors, limits, headers, metrics."""
