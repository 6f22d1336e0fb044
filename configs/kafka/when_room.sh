#!/usr/bin/env bash
# Becomes COMMAND once the disk of FOLDER has MEGABYTES free: when_room.sh FOLDER MEGABYTES COMMAND...
# A broker that starts on a full disk cannot write its checkpoints, and may cut its own metadata log to nothing.
set -euo pipefail

folder=$1 wanted=$2
shift 2
free() { df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1024) }'; }

trap 'exit 143' TERM # nobody else listens to it in a container
mkdir -p "$folder"
while (($(free) < wanted)); do
  echo "Kafka waits: the disk of $folder has $(free) MB free, and $wanted MB are needed to start. Make room there." >&2
  sleep "${KAFKA_ROOM_SECONDS:-5}" &
  wait $!
done
exec "$@"
