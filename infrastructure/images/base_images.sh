#!/usr/bin/env bash
# The digests in base_images.env. Usage: base_images.sh COMMAND [FILE]
#   refresh   ask the registries which digest each tag has now, and write it (review and commit the change)
#   verify    fail unless each image has a digest and its registry has it, for amd64 and arm64
#   names     fail unless each image has a digest; asks nobody
set -euo pipefail
command=${1:-}
file=${2:-$(dirname "$0")/base_images.env}

entries() { grep -E '^[A-Z_]+_IMAGE=' "$file"; }

# As JSON: buildx takes a format that begins with {{.Manifest for "print all".
digest_of() { docker buildx imagetools inspect "$1" --format '{{json .Manifest.Digest}}' | tr -d '"'; }

platforms_of() {
  docker buildx imagetools inspect "$1" --format '{{range .Manifest.Manifests}}{{.Platform.Architecture}} {{end}}'
}

refresh() {
  local line image digest
  while IFS= read -r line; do
    image=${line#*=} image=${image%@*}
    digest=$(digest_of "$image") || { echo "$image: its registry does not say its digest." >&2; return 1; }
    sed -i "s|^${line%%=*}=.*|${line%%=*}=$image@$digest|" "$file"
    echo "$image@$digest"
  done < <(entries)
}

names() {
  local missing
  missing=$(entries | grep -vE '@sha256:[0-9a-f]{64}$' || true)
  [[ -z $missing ]] || {
    printf 'Without a digest in %s:\n%s\nRun infrastructure/images/base_images.sh refresh, and commit.\n' "$file" "$missing" >&2
    return 1
  }
}

verify() {
  local line image platforms
  names
  while IFS= read -r line; do
    image=${line#*=}
    platforms=$(platforms_of "$image") || { echo "$image is not in its registry." >&2; return 1; }
    for architecture in amd64 arm64; do
      [[ " $platforms " == *" $architecture "* ]] || { echo "$image is not there for $architecture." >&2; return 1; }
    done
    echo "ok  $image"
  done < <(entries)
}

case $command in
  refresh | names | verify) "$command" ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
