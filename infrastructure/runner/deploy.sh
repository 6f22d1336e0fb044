#!/bin/sh
# What deploy.yml calls on the runner, which is on machine B: infrastructure/runner/deploy.sh A|B prepare|deploy VERSION
# B is this machine, where STREAM_SCOUT_HOME is the installation. A is reached by ssh as STREAM_SCOUT_A (user@address);
# the key there may do what on_request.sh does, and nothing else.
set -eu
usage() {
    sed -n '2s/^# //p' "$0" >&2
    exit 2
}
[ $# = 3 ] || usage
case $1 in
  A)
    exec ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 \
        "${STREAM_SCOUT_A:?user and address of machine A}" "$2 $3 ${IMAGE_REGISTRY:?}"
    ;;
  B) exec "${STREAM_SCOUT_HOME:?the folder of the installation}/infrastructure/runner/here.sh" B "$2" "$3" ;;
  *) usage ;;
esac
