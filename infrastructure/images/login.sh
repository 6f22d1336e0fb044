#!/bin/sh
# Logs in to IMAGE_REGISTRY as IMAGE_REGISTRY_USER with the token in IMAGE_REGISTRY_TOKEN, for build.sh --push and publish.sh.
set -eu
printf %s "${IMAGE_REGISTRY_TOKEN:?}" |
  docker login --username "${IMAGE_REGISTRY_USER:?}" --password-stdin "${IMAGE_REGISTRY%%/*}"
