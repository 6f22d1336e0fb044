#!/bin/sh
# Caddy with the operator's own certificate, where secrets/ has one, or with one that it gets by ACME and renews itself.
set -eu
folder=${CADDY_FOLDER:-/etc/caddy}
certificate=${TLS_CERTIFICATE_FILE:-/run/secrets/tls_certificate} key=${TLS_KEY_FILE:-/run/secrets/tls_key}
CADDY_CERTIFICATE='' CADDY_OPTIONS=''
if [ -s "$certificate" ] && [ -s "$key" ]; then
  CADDY_CERTIFICATE="$certificate $key"
elif [ -s "$certificate" ] || [ -s "$key" ]; then
  echo "Only one of secrets/tls_certificate and secrets/tls_key is filled: make secret NAME=the_other < FILE. For a certificate by ACME both stay empty." >&2
  exit 1
else
  [ -z "${TLS_EMAIL:-}" ] || CADDY_OPTIONS="email $TLS_EMAIL"
  [ -z "${TLS_ACME_URL:-}" ] || CADDY_OPTIONS="$CADDY_OPTIONS
acme_ca $TLS_ACME_URL"
fi
export CADDY_CERTIFICATE CADDY_OPTIONS
exec caddy run --config "$folder/Caddyfile" --adapter caddyfile
