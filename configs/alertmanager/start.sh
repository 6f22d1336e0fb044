#!/bin/sh
# Alertmanager with the operator's time zone (OPERATOR_ZONE) and webhook, whose address is a secret: a Discord webhook is
# written to in Discord's own form, any other address gets Alertmanager's JSON. Without an address alerts are only shown on
# port 9093. A dead man's switch (its address is a secret too) gets Watchdog's beats; without one there are none.
set -eu
umask 077
config=/tmp/alertmanager.yml
url=$(cat "${WEBHOOK_URL_FILE:-/run/secrets/webhook_url}")
beat=$(cat "${WATCHDOG_BEAT_URL_FILE:-/run/secrets/watchdog_beat_url}")
with_beats() {
  while IFS= read -r line; do
    printf '%s\n' "$line"
    if [ "$line" = '  - name: watchdog' ] && [ -n "$beat" ]; then
      printf '    webhook_configs: [{url: "%s", send_resolved: false}]\n' "$beat"
    fi
  done
}
write() {
  sed "s|location: \"UTC\"|location: \"$1\"|" /etc/alertmanager/alertmanager.yml | with_beats >"$config"
  case $url in
    '') ;;
    *://discord.com/* | *://discordapp.com/*)
      printf '    discord_configs:\n      - webhook_url: "%s"\n        send_resolved: true\n' "$url" >>"$config"
      printf '        title: %s\n        message: %s\n' "'{{ template \"operator.title\" . }}'" "'{{ template \"operator.text\" . }}'" >>"$config" ;;
    *)
      printf '    webhook_configs:\n      - url: "%s"\n        send_resolved: true\n' "$url" >>"$config" ;;
  esac
}
zone=${OPERATOR_ZONE:-UTC}
write "$zone"
if ! amtool check-config "$config" >/dev/null 2>&1; then
  echo "OPERATOR_ZONE=$zone: no time zone of that name (Europe/Berlin is one); the night is 22 to 8 by UTC" >&2
  write UTC
fi
exec /bin/alertmanager --config.file="$config" --storage.path=/alertmanager --cluster.listen-address= \
  --web.external-url=http://localhost:9093
