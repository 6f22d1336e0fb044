#!/bin/sh
# Makes .venv from the locked requirements, every package checked by its hash. Usage: make_venv.sh PYTHON LOCK
set -eu
python=$1
lock=$2
venv=.venv

command -v "$python" >/dev/null || {
    echo "Python 3.11 is missing (no $python on the PATH). On Debian 12: apt-get install python3.11 python3.11-venv" >&2
    exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || {
    echo "Python's venv module is missing. On Debian: apt-get install python3.11-venv" >&2
    exit 1
}
[ -x $venv/bin/python ] || "$python" -m venv $venv

# uv does not read pip's own settings: hand on what they say about certificates and package sources.
pip_setting() { $venv/bin/python -m pip config get "$1" 2>/dev/null || true; }
if $venv/bin/python -m pip --version >/dev/null 2>&1; then
    : "${PIP_CERT:=$(pip_setting global.cert)}"
    : "${PIP_INDEX_URL:=$(pip_setting global.index-url)}"
    : "${PIP_FIND_LINKS:=$(pip_setting global.find-links)}"
fi
[ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$PIP_CERT}"
[ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
[ -z "${PIP_FIND_LINKS:-}" ] || export UV_FIND_LINKS="${UV_FIND_LINKS:-$PIP_FIND_LINKS}"

# uv itself is in the lock; it installs Flink in seconds where pip takes minutes.
if ! [ -x $venv/bin/uv ]; then
    awk '/^[^ ]/ { wanted = /^uv==/ } wanted' "$lock" > $venv/uv.txt
    $venv/bin/python -m pip install --quiet --no-deps --require-hashes -r $venv/uv.txt
fi
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}"  # seconds
sync() { $venv/bin/uv pip sync --quiet --require-hashes --python $venv/bin/python "$lock"; }
# Where the first try fails, once more with the system's certificates in place of uv's own.
sync || UV_SYSTEM_CERTS=true sync

# The repository's own packages, without installing them.
site=$($venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$PWD/libraries" "$PWD/services" "$PWD/tools" > "$site/stream_scout.pth"
