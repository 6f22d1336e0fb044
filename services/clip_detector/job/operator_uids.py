"""Fixed operator uids: a checkpoint finds its operators again after parallelism or options changed."""

import re
from typing import Any

from pyflink.datastream import DataStream

PLAN_NUMBER = re.compile(r"\[\d+\]")  # the planner numbers its operators; the number moves with every change


def fix_uids(stream: DataStream, prefix: str) -> list[str]:
    """Give every operator above `stream` that has none the uid PREFIX-NAME, in order; returns the new uids."""
    given: list[str] = []
    for transformation in _upwards(stream._j_data_stream.getTransformation()):
        if transformation.getUid() is not None or (
            not transformation.getInputs().isEmpty() and _virtual(transformation)
        ):
            continue
        name = PLAN_NUMBER.sub("", transformation.getName()).split("(")[0].strip()
        name = re.sub(r"[^A-Za-z]+", "-", name).strip("-")
        count = sum(uid.startswith(f"{prefix}-{name}") for uid in given)
        uid = f"{prefix}-{name}" + (f"-{count + 1}" if count else "")
        transformation.setUid(uid)
        given.append(uid)
    return given


def _upwards(transformation: Any) -> list[Any]:
    found, seen, todo = [], set(), [transformation]
    while todo:
        current = todo.pop(0)
        if current.getId() not in seen:
            seen.add(current.getId())
            found.append(current)
            todo.extend(current.getInputs())
    return found


def _virtual(transformation: Any) -> bool:
    """Partitionings and unions are no operators and take no uid."""
    return transformation.getClass().getSimpleName() in ("PartitionTransformation", "UnionTransformation")
