# Debian's HAProxy in the place of the official image, with its user and its folder; for tests without a registry.
FROM debian:bookworm-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends haproxy \
 && rm -rf /var/lib/apt/lists/* && groupmod --gid 99 haproxy && usermod --uid 99 haproxy
USER 99:99
CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
