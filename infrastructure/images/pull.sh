#!/usr/bin/env bash
# Fetches a version's images from IMAGE_REGISTRY and gives them the names of the compose files. Usage: pull.sh A|B VERSION
# An image whose labels name another version or commit than COMMIT (if given) is refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
case ${1:-} in A) file=docker-compose.reliable.yml ;; B) file=docker-compose.processing.yml ;; *) file= ;; esac
version=${2:-}
[[ -n $file && -n $version ]] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }
prefix=${IMAGE_REGISTRY:?"From where? IMAGE_REGISTRY=registry/owner"}

label() { docker image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$2\"}}" "$1"; }

pull() {
  local from=$prefix/$1:$version
  docker pull --quiet "$from" >/dev/null || { echo "$from cannot be fetched." >&2; return 1; }
  [[ $(label "$from" version) == "$version" ]] || { echo "$from says that it is another version." >&2; return 1; }
  [[ -z ${COMMIT:-} || $(label "$from" revision) == "$COMMIT" ]] || { echo "$from is of another commit." >&2; return 1; }
  docker tag "$from" "$1:$version"
  echo "ok  $1:$version"
}

jobs=()
while IFS= read -r image; do
  pull "${image#*: }" &
  jobs+=($!)
done < <(grep -oE '^ +image: stream-scout/[a-z-]+' "$file" | sort -u)
for job in "${jobs[@]}"; do wait "$job"; done
