#!/usr/bin/env bash
# Brings the installation on this machine to a published version: here.sh A|B prepare|deploy VERSION
#   prepare   fetches the version's commit and images; may take minutes, and changes nothing that runs
#   deploy    checks the commit out and calls infrastructure/deploy.sh, which goes back by itself
# VERSION is 1.2.3 (the tag v1.2.3) or main-0123456789ab (a commit of main). Only commits of main are taken.
set -euo pipefail

main() { # a function, since the checkout changes this file while it runs
  cd "$(dirname "$0")/../.."
  [[ ${1:-} =~ ^[AB]$ && ${2:-} =~ ^(prepare|deploy)$ ]] || usage
  [[ ${3:-} =~ ^([0-9]+\.[0-9]+\.[0-9]+|main-[0-9a-f]{12})$ ]] || usage
  [[ ${IMAGE_REGISTRY:-} =~ ^[a-z0-9.:/_-]+$ ]] || { echo "IMAGE_REGISTRY is no registry: ${IMAGE_REGISTRY:-}" >&2; exit 2; }
  case $2 in prepare) prepare "$1" "$3" ;; deploy) deploy "$1" "$3" ;; esac
}

usage() {
  sed -n '2,5s/^# //p' "$0" >&2
  exit 2
}

commit_of() {
  case $1 in main-*) git rev-parse --verify --quiet "${1#main-}^{commit}" ;; *) git rev-parse --verify --quiet "v$1^{commit}" ;; esac
}

prepare() {
  local commit
  git fetch --quiet --tags origin main
  commit=$(commit_of "$2") || { echo "There is no version $2 in the repository." >&2; exit 1; }
  git merge-base --is-ancestor "$commit" origin/main || { echo "$2 is not a commit of main." >&2; exit 1; }
  COMMIT=$commit infrastructure/images/pull.sh "$1" "$2"
}

deploy() {
  local commit before code=0
  commit=$(commit_of "$2") || { echo "$2 is not here: prepare comes first." >&2; exit 1; }
  git merge-base --is-ancestor "$commit" origin/main || { echo "$2 is not a commit of main." >&2; exit 1; }
  git diff --quiet HEAD || { echo "Files of the installation were changed: git status" >&2; exit 1; }
  before=$(git rev-parse HEAD)
  git checkout --quiet --detach "$commit"
  infrastructure/deploy.sh "$1" "$2" || code=$?
  ((code == 0)) || git checkout --quiet --detach "$before" # its images run again, so its files belong here
  exit "$code"
}

main "$@"
exit
