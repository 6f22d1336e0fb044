"""Fixed operator uids, so that a checkpoint finds its operators again after parallelism or options have changed."""

import re
from typing import Any

from pyflink.datastream import DataStream

PLAN_NUMBER = re.compile(r"\[\d+\]")  # the planner numbers its operators; the number changes with every plan


def fix_uids(stream: DataStream, prefix: str) -> list[str]:
    """Give every operator upstream of `stream` that has no uid the uid PREFIX-NAME; return the new uids in order."""
    uids: list[str] = []
    for transformation in _upstream(stream._j_data_stream.getTransformation()):
        if transformation.getUid() is not None or (
            not transformation.getInputs().isEmpty() and _is_virtual(transformation)
        ):
            continue
        name = PLAN_NUMBER.sub("", transformation.getName()).split("(")[0].strip()
        name = re.sub(r"[^A-Za-z]+", "-", name).strip("-")
        count = sum(uid.startswith(f"{prefix}-{name}") for uid in uids)
        uid = f"{prefix}-{name}" + (f"-{count + 1}" if count else "")
        transformation.setUid(uid)
        uids.append(uid)
    return uids


def _upstream(transformation: Any) -> list[Any]:
    found, ids, todo = [], set(), [transformation]
    while todo:
        current = todo.pop(0)
        if current.getId() not in ids:
            ids.add(current.getId())
            found.append(current)
            todo.extend(current.getInputs())
    return found


def _is_virtual(transformation: Any) -> bool:
    """Return whether this is a partitioning or a union, which is not an operator and takes no uid."""
    return transformation.getClass().getSimpleName() in ("PartitionTransformation", "UnionTransformation")
