#!/usr/bin/env bash
# Builds all our images for this machine's architecture. Needs Docker with buildx.
#   infrastructure/images/build.sh [VERSION]          into this machine's Docker; the version is version.sh's if none is given
#   infrastructure/images/build.sh [VERSION] --push   into IMAGE_REGISTRY, as VERSION-amd64 or VERSION-arm64: publish.sh
#                                                     makes one of the two. Base images need their digests for that.
# IMAGE_CACHE: a registry whose layers are used again (IMAGE_REGISTRY if images go there). BUILD_PLAN=1 prints what would be built.
set -euo pipefail
cd "$(dirname "$0")/../.."
images=infrastructure/images

version='' push=''
for word in "$@"; do
  case $word in
    --push) push=yes ;;
    -*) echo "There is no option $word." >&2; exit 2 ;;
    *) version=$word ;;
  esac
done
VERSION=${version:-$("$images/version.sh")}
COMMIT=$(git rev-parse HEAD)
CREATED=$(date -u -d "@$(git log -1 --format=%ct)" +%FT%TZ)  # the commit's time: the same input gives the same image
SOURCE=${GITHUB_SERVER_URL:+$GITHUB_SERVER_URL/$GITHUB_REPOSITORY}
case $(uname -m) in x86_64) ARCH=amd64 ;; aarch64) ARCH=arm64 ;; *) echo "No images for $(uname -m)." >&2; exit 1 ;; esac
REGISTRY='' CACHE=${IMAGE_CACHE:-}

while IFS='=' read -r name image; do # what the environment says goes before the file
  [[ -n ${!name:-} ]] || export "$name=$image"
done < <(grep -E '^(PYTHON|MAVEN)_IMAGE=' "$images/base_images.env")

if [[ -n $push ]]; then
  REGISTRY=${IMAGE_REGISTRY:?"Where to? IMAGE_REGISTRY=registry/owner"} CACHE=${CACHE:-$REGISTRY}
  "$images/base_images.sh" verify
  docker buildx inspect stream-scout >/dev/null 2>&1 || docker buildx create --name stream-scout --driver docker-container
  export BUILDX_BUILDER=stream-scout
fi
export VERSION COMMIT CREATED SOURCE ARCH REGISTRY CACHE
exec docker buildx bake --file "$images/bake.hcl" --progress plain ${BUILD_PLAN:+--print}
