"""Reads what the proxy (HAProxy) says of its places for websites."""

from deploy.host import DeployError, Slot

BACKEND = "site"
SHOW = f"show servers state {BACKEND}"
UP = "2"  # SRV_ST_RUNNING, in srv_op_state; HAProxy's management guide, "show servers state"
DRAINED, IN_MAINTENANCE = 0x08, 0x01  # SRV_ADMF_FDRAIN and FMAINT, in srv_admin_state: an operator's orders
# Asks over the address that is open inside of the container alone.
ASK = 'exec 3<>/dev/tcp/127.0.0.1/9999 && printf "%s\\n" "$1" >&3 && cat <&3'


def slots(answer: str) -> list[Slot]:
    """Return the places in an answer to `SHOW`. Raises DeployError for another answer."""
    lines = [
        line.lstrip("# ").split() for line in answer.splitlines() if line.startswith("#") or f" {BACKEND} " in line
    ]
    if not lines or "srv_name" not in lines[0]:
        raise DeployError(f"the proxy gave no list of its places: {answer.strip()[:200]}")
    rows = [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]
    return [slot(row) for row in rows]


def slot(row: dict[str, str]) -> Slot:
    """Return the place in a row."""
    orders = int(row["srv_admin_state"])
    return Slot(
        name=row["srv_name"],
        address="" if row["srv_addr"] == "-" else row["srv_addr"],
        is_open=not orders & (DRAINED | IN_MAINTENANCE),
        is_up=row["srv_op_state"] == UP,
    )


def order(name: str, is_open: bool) -> str:
    """Return what opens a place to visitors, or drains it."""
    return f"set server {BACKEND}/{name} state {'ready' if is_open else 'drain'}"
