#!/usr/bin/env bash
# Makes one image for amd64 and arm64 of the two that build.sh --push left in IMAGE_REGISTRY. Usage: publish.sh [VERSION]
# A version is made once: a tag that exists with other content is not written over.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=${1:-$(infrastructure/images/version.sh)}
prefix=${IMAGE_REGISTRY:?"Where? IMAGE_REGISTRY=registry/owner"}/stream-scout

contents() {
  docker buildx imagetools inspect "$1" --format '{{range .Manifest.Manifests}}{{.Digest}} {{end}}' 2>/dev/null |
    tr ' ' '\n' | sort -u | xargs
}

publish() {
  local image=$1 parts=("$prefix/$1:$version-amd64" "$prefix/$1:$version-arm64") there wanted
  wanted=$(docker buildx imagetools create --dry-run "${parts[@]}" | grep -o 'sha256:[0-9a-f]*' | sort -u | xargs)
  there=$(contents "$prefix/$image:$version" || true)
  if [[ -n $there && $there != "$wanted" ]]; then
    echo "$prefix/$image:$version exists and is another: versions are not written over." >&2
    return 1
  fi
  [[ -n $there ]] || docker buildx imagetools create --tag "$prefix/$image:$version" "${parts[@]}"
  echo "ok  $prefix/$image:$version"
}

grep -hoE '^ +image: stream-scout/[a-z-]+' docker-compose.*.yml | sort -u | while IFS=/ read -r _ image; do
  publish "$image"
done
