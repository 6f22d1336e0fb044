#!/bin/sh
# Prints the version of this checkout: of a tag v1.2.3 (GITHUB_REF says it) 1.2.3, else main- and the commit's first digits.
set -eu
case ${GITHUB_REF:-} in
  refs/tags/v*) echo "${GITHUB_REF#refs/tags/v}" ;;
  *) echo "main-$(git -C "$(dirname "$0")" rev-parse --short=12 HEAD)" ;;
esac
