"""Reads what node_exporter does not: throttling, too little voltage, errors of disks, mounts that became read-only."""
