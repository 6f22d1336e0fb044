"""What people read of a recording's moments: a table, a page, and lists for editing programs."""
