# How each kind of secret is changed; every step may be repeated. Read by rotate.sh.
# shellcheck shell=bash disable=SC2154 # name, role, folder, unfinished, here: of rotate.sh

website=api-frontend
mixed=${ROTATE_MIXED:-70} # seconds: longer than any window that counts chatters
ready_tries=60

change_file() { put_in_place; restart_users; }

change_role() {
  put_in_place
  if [[ $role == reliable ]]; then set_roles; fi
  restart_users
}

# All roles' passwords as the files have them, and the fingerprints that B's preflight compares.
set_roles() {
  compose run --rm -T --no-deps -e "POSTGRES_DSN=postgresql://stream_scout@/stream_scout?host=/var/run/postgresql" roles \
    >/dev/null || die "$name: Postgres was not told (does it run?); then run this again"
  step "Postgres takes the new one, and the old one no more"
}

# Comes over the socket alone; the statement stays out of the server's log.
change_superuser() {
  local value
  value=$(<"$unfinished/$name")
  sql stream_scout postgres >/dev/null <<SQL || die "$name: Postgres was not told; run this again"
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic;
ALTER ROLE CURRENT_USER PASSWORD '$value';
SQL
  put_in_place
}

change_kafka() {
  put_in_place
  if [[ $role == processing ]]; then
    compose exec -T kafka bash /opt/stream-scout/kafka/set_password.sh >/dev/null ||
      die "$name: Kafka was not told (does it run?); then run this again"
    step "Kafka takes the new one, and the old one no more"
  else set_roles; fi
  restart_users
}

change_grafana() {
  put_in_place
  if runs grafana; then
    compose exec -T grafana grafana cli admin reset-admin-password --password-from-stdin <"$unfinished/$name" >/dev/null ||
      die "$name: Grafana was not told; run this again"
  fi
}

# restic adds the new key by the old one, and forgets the old one once the file has the new one.
change_repository() {
  if (target) >/dev/null 2>&1; then
    cmp -s "$unfinished/$name" "$folder/$name" || vault_key add <"$unfinished/$name" || die "$name: the repository was not told; run this again"
    put_in_place
    vault_key settle </dev/null || die "$name: the old key still opens the repository; run this again"
    say "The sheet that you keep elsewhere has the old key; print a new one: infrastructure/backup.sh $role sheet"
  else put_in_place; fi
}

vault_key() { compose --profile backup run --rm -T --no-deps --entrypoint vault-key backup "$@"; }

# A chatter has another hash from now on. Nobody counts twice: between the last old one and the first new one are more
# seconds than a window has, and in them neither machine forwards (the other one waits: `begin`).
change_capture() {
  local rest
  hold_capture
  put_in_place
  if [[ $role == reliable ]]; then set_roles; fi
  rest=$((mixed + $(stat -c %Y "$unfinished/chatter_key.held") - $(date +%s)))
  if ((rest > 0)); then
    step "waiting $rest s; the site shows a gap"
    sleep "$rest"
  fi
  compose up -d --no-build --no-deps "$(capture)" >/dev/null 2>&1 || die "$name: $(capture) did not start: docker compose -f docker-compose.$role.yml up -d"
  rm -f "$unfinished/chatter_key.held"
}

# The new key first, and the one before it, which reads what it encrypted until the website has encrypted that anew.
change_keyring() {
  local value before
  value=$(<"$unfinished/$name")
  before=$(grep -vxF "$value" "$folder/$name" | head -n 1)
  printf '%s\n' "$value" ${before:+"$before"} >"$folder/$name" || die "$folder/$name cannot be written: make secrets"
  sync "$folder/$name"
  restart_users
}

capture() { if [[ $role == reliable ]]; then echo stream-monitoring-standby; else echo stream-monitoring; fi; }

hold_capture() {
  [[ ! -e $unfinished/chatter_key.held ]] || return 0
  compose stop "$(capture)" >/dev/null 2>&1 || die "$name: $(capture) does not stop"
  : >"$unfinished/chatter_key.held"
  step "$(capture) has stopped"
}

# Visitors are new ones; what was said before still counts.
new_visitor_key() {
  [[ $role == reliable ]] || die "visitor_key is in machine A's database"
  sql stream_scout stream_scout >/dev/null <<<"UPDATE visitor_key SET key = gen_random_uuid()::text || gen_random_uuid()::text" ||
    die "visitor_key: Postgres was not told; run this again"
  renew_website
  say "new    visitor_key"
}

runs() { compose ps --services --status running 2>/dev/null | grep -qx "$1"; }

# The services that the compose file gives the secret to, and that run. Servers are told, and one-shots run later.
users() {
  compose --profile '*' config --format json 2>/dev/null | python3 -c '
import json, sys
source = sys.argv[1].removesuffix(".json")
told = {"postgres", "kafka", "kafka-init", "roles", "migrate", "grafana"}
for name, service in json.load(sys.stdin)["services"].items():
    if name not in told and source in {each["source"] for each in service.get("secrets") or []}:
        print(name)' "$name" | grep -xf <(compose ps --services --status running 2>/dev/null)
}

restart_users() {
  local each
  for each in $(users); do
    if [[ $each == "$website" ]]; then renew_website; continue; fi
    step "restart $each"
    compose restart "$each" >/dev/null 2>&1 || die "$name: $each does not start again: docker compose -f docker-compose.$role.yml logs --tail 50 $each"
  done
}

# Another website beside the one that runs; once it is well the old one goes, and its visitors are at the new one.
renew_website() {
  local old each try
  runs "$website" || return 0
  old=$(compose ps -q "$website")
  step "a new website beside the old one"
  compose up -d --no-build --no-deps --no-recreate --scale "$website=$(($(wc -w <<<"$old") + 1))" "$website" >/dev/null 2>&1 ||
    die "$name: a second website did not start; run this again"
  for ((try = 0; try < ready_tries; try++)); do
    each=$(compose ps -q "$website" | grep -vxF "$old")
    [[ $(docker inspect -f '{{.State.Health.Status}}' "$each" 2>/dev/null) != healthy ]] || break
    sleep 1
  done
  ((try < ready_tries)) || die "$name: the new website is not well: docker logs ${each:0:12}. The old one still runs; run this again"
  sleep "${ROTATE_DRAIN:-3}" # the proxy asks every second, and has seen it
  for each in $old; do docker stop --time 10 "$each" >/dev/null && docker rm "$each" >/dev/null; done
}
