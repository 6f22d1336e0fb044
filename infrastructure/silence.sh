#!/usr/bin/env bash
# Lets Alertmanager hold back every alert for a while; the watcher on machine A goes on telling. On machine B:
#   make silence FOR=2h REASON="a new disk"       or: infrastructure/silence.sh 2h "a new disk"
#   infrastructure/silence.sh end                 tells again at once
# The dead man's switch goes on beating (Watchdog), else it would tell that the machine is gone.
# AMTOOL: how to reach Alertmanager's own tool, by default in its container.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
read -r -a amtool <<<"${AMTOOL:-docker compose -f docker-compose.processing.yml exec -T alertmanager amtool --alertmanager.url=http://127.0.0.1:9093}"
for=${1:-}
reason=${2:-}

if [[ $for == end ]]; then
  silences=$("${amtool[@]}" silence query --quiet)
  [[ -n $silences ]] || { echo "Nothing is silenced."; exit 0; }
  # shellcheck disable=SC2086  # one word for each silence
  "${amtool[@]}" silence expire $silences
  echo "Alerts are told again."
  exit 0
fi
if [[ ! $for =~ ^[1-9][0-9]*[mhd]$ || -z $reason ]]; then
  echo "Say for how long and why: make silence FOR=2h REASON=\"a new disk\" (m minutes, h hours, d days)." >&2
  exit 2
fi
"${amtool[@]}" silence add --author="$(id -un)" --duration="$for" --comment="$reason" 'alertname!="Watchdog"' >/dev/null
echo "No alert is told for $for: $reason. To end it before: infrastructure/silence.sh end"
