"""Finds file systems that are read-only though /etc/fstab wants them writable. Pure."""

ON_DISK = {"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "vfat"}


def wanted_writable(fstab: str) -> set[str]:
    """Return the mount points that /etc/fstab makes writable."""
    rows = [line.split() for line in fstab.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {
        row[1] for row in rows if len(row) >= 4 and row[2] in ON_DISK and not {"ro", "noauto"} & set(row[3].split(","))
    }


def read_only(fstab: str, mounts: str) -> dict[str, bool]:
    """Return for each mount point that should be writable whether it is read-only now."""
    wanted = wanted_writable(fstab)
    found: dict[str, bool] = {}
    for row in (line.split() for line in mounts.splitlines()):
        if len(row) >= 4 and row[1] in wanted and row[2] in ON_DISK:
            found[row[1]] = "ro" in row[3].split(",")  # the last mount of a place is the one that is seen
    return found
