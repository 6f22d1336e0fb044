#!/bin/sh
# All that the runner's key may do on machine A; in ~/.ssh/authorized_keys there:
#   restrict,command="/home/USER/stream-scout/infrastructure/runner/on_request.sh" ssh-ed25519 AAAA... runner
set -eu
here=$(dirname "$0")/here.sh
set -f
# shellcheck disable=SC2086  # its words are what is wanted; here.sh looks at each
set -- ${SSH_ORIGINAL_COMMAND:-}
[ $# = 3 ] || { echo "Ask for: prepare|deploy VERSION REGISTRY" >&2; exit 2; }
IMAGE_REGISTRY=$3 exec "$here" A "$1" "$2"
