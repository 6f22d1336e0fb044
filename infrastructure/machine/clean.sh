#!/usr/bin/env bash
# Removes what builds and updates leave behind: infrastructure/machine/clean.sh reliable|processing
# Kept are the images of the version that runs, of the one before (the way back of deploy.sh), of every container, and
# what is younger than a week. Volumes are never touched.
set -euo pipefail

role=${1:-}
case $role in reliable | processing) ;; *) sed -n 2,4p "$0" | sed 's/^# //' >&2; exit 2 ;; esac
# shellcheck source=infrastructure/backup/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../backup/lib.sh"
week=604800 # seconds
records=$here/.deploy

# A deploy has its images at hand before it begins, and nothing may go meanwhile.
mkdir -p "$records"
exec 9>"$records/$(basename "$env_file").lock"
flock -n 9 || { say "A deploy is under way; the clean-up waits for its next time."; exit 0; }

# The versions and the images that are wanted, one a line: of .env, and of the records of deploys.
wanted() {
  local version
  version=$(setting STREAM_SCOUT_VERSION)
  printf '%s\n' "${version:-local}"
  find "$records" -maxdepth 1 -name '*.json' -exec python3 -c '
import json, sys
for name in sys.argv[1:]:
    record = json.load(open(name))
    print(record["version"], record["version_before"], *record["images_before"].values(), sep="\n")' {} +
}

remove_images() {
  local keep name tag id made
  keep=$(wanted)
  # shellcheck disable=SC2162 # no backslashes in names
  while read name tag id; do
    ! grep -qxF -e "$tag" -e "$id" <<<"$keep" || continue
    made=$(date -d "$(docker image inspect -f '{{.Created}}' "$id")" +%s)
    (($(date +%s) - made > week)) || continue
    # Docker keeps what a container has.
    if docker rmi "$name:$tag" >/dev/null 2>&1; then say "removed $name:$tag"; fi
  done < <(docker images --no-trunc --format '{{.Repository}} {{.Tag}} {{.ID}}' --filter 'reference=stream-scout/*')
}

remove_untagged() {
  local id
  while read -r id; do
    ! grep -qxF "$id" <<<"$(wanted)" || continue
    if docker rmi "$id" >/dev/null 2>&1; then say "removed $id"; fi
  done < <(docker images --quiet --no-trunc --filter dangling=true)
}

remove_images
remove_untagged
docker builder prune --force --filter until=168h >/dev/null 2>&1 || true
df -h --output=avail "$(docker info -f '{{.DockerRootDir}}' 2>/dev/null || echo /)" 2>/dev/null | tail -n 1 | sed 's/^/free now:/'
