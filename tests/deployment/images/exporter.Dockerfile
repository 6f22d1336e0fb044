# One of Debian's exporters in the place of its official image, started alike; for tests without a registry.
FROM debian:bookworm-slim
ARG EXPORTER
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends wget \
    "prometheus-$EXPORTER-exporter" \
 && rm -rf /var/lib/apt/lists/* && ln -s "/usr/bin/prometheus-$EXPORTER-exporter" /bin/exporter
USER 65534:65534
ENTRYPOINT ["/bin/exporter"]
