#!/bin/sh
# Alertmanager with the operator's webhook, whose address is a secret: a Discord webhook is written to in Discord's
# own form, any other address gets Alertmanager's JSON. Without an address alerts are only shown on port 9093.
set -eu
umask 077
config=/tmp/alertmanager.yml
url=$(cat /run/secrets/webhook_url)
cp /etc/alertmanager/alertmanager.yml "$config"
case $url in
  '') ;;
  *://discord.com/* | *://discordapp.com/*)
    printf '    discord_configs:\n      - webhook_url: "%s"\n        send_resolved: true\n' "$url" >>"$config" ;;
  *)
    printf '    webhook_configs:\n      - url: "%s"\n        send_resolved: true\n' "$url" >>"$config" ;;
esac
exec /bin/alertmanager --config.file="$config" --storage.path=/alertmanager --cluster.listen-address= \
  --web.external-url=http://localhost:9093
