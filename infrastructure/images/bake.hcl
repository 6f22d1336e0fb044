# All our images, for `docker buildx bake`: build.sh fills in the variables. Targets are built side by side and share
# their layers; the first that fails ends all.
variable "VERSION" { default = "local" }
variable "COMMIT" { default = "unknown" }
variable "CREATED" { default = "" }
variable "SOURCE" { default = "" }
variable "PYTHON_IMAGE" { default = "python:3.11.15-slim-bookworm" }
variable "MAVEN_IMAGE" { default = "maven:3.9.12-eclipse-temurin-17" }
variable "ARCH" { default = "amd64" }
variable "REGISTRY" { default = "" }  # where the images go; empty: into this machine's Docker
variable "CACHE" { default = "" }     # registry whose layers are used again; empty: those of this machine only

function "tag" {
  params = [image]
  result = REGISTRY == "" ? "stream-scout/${image}:${VERSION}" : "${REGISTRY}/stream-scout/${image}:${VERSION}-${ARCH}"
}

function "cache" {
  params = [image]
  result = "type=registry,ref=${CACHE}/stream-scout/${image}:cache-${ARCH}"
}

group "default" {
  targets = ["service", "flink", "backup"]
}

target "common" {
  context   = "."
  platforms = ["linux/${ARCH}"]
  output    = [REGISTRY == "" ? "type=docker" : "type=registry"]
  args = {
    PYTHON_IMAGE = PYTHON_IMAGE
    VERSION      = VERSION
    COMMIT       = COMMIT
  }
  labels = {
    "org.opencontainers.image.created"     = CREATED
    "org.opencontainers.image.source"      = SOURCE
    "org.opencontainers.image.base.digest" = length(split("@", PYTHON_IMAGE)) > 1 ? split("@", PYTHON_IMAGE)[1] : ""
  }
}

target "service" {
  name       = image
  inherits   = ["common"]
  dockerfile = "infrastructure/images/service.Dockerfile"
  matrix = {
    image = [
      "api-frontend", "clip-creator", "discord-bot", "emote-counter", "log-collector", "log-source", "recorder",
      "stream-monitoring", "viewer-clips", "watcher",
    ]
  }
  args       = { SERVICE = replace(image, "-", "_") }
  tags       = [tag(image)]
  cache-from = CACHE == "" ? [] : [cache(image)]
  cache-to   = CACHE == "" || REGISTRY == "" ? [] : ["${cache(image)},mode=max"]
}

target "flink" {
  inherits   = ["common"]
  dockerfile = "infrastructure/images/flink.Dockerfile"
  args       = { MAVEN_IMAGE = MAVEN_IMAGE }
  tags       = [tag("flink")]
  cache-from = CACHE == "" ? [] : [cache("flink")]
  cache-to   = CACHE == "" || REGISTRY == "" ? [] : ["${cache("flink")},mode=max"]
}

target "backup" {
  inherits   = ["common"]
  dockerfile = "infrastructure/images/backup.Dockerfile"
  tags       = [tag("backup")]
  cache-from = CACHE == "" ? [] : [cache("backup")]
  cache-to   = CACHE == "" || REGISTRY == "" ? [] : ["${cache("backup")},mode=max"]
}
