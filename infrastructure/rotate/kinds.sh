# What each secret is: who makes it, who checks it, and which machines hold it. Read by rotate.sh.
# shellcheck shell=bash disable=SC2154 # role, folder: of rotate.sh

# made_by NAME: password and key are ours; person: somebody else gives it to the operator.
made_by() {
  case $1 in
    postgres_*password | kafka_password | redis_password | grafana_password | backup_key) echo password ;;
    chatter_key | consent_key) echo key ;;
    *) echo person ;;
  esac
}

# checked_by NAME: the function change_... of steps.sh.
checked_by() {
  case $1 in
    postgres_password) echo superuser ;;
    postgres_*password) echo role ;;
    kafka_password) echo kafka ;;
    grafana_password) echo grafana ;;
    backup_key) echo repository ;;
    chatter_key) echo capture ;;
    consent_key) echo keyring ;;
    *) echo file ;;
  esac
}

# Machine B has these too, with the same value.
is_shared() {
  case $1 in
    kafka_password | chatter_key | backup_key | postgres_recorder_password | postgres_stream_monitoring_password | \
      postgres_emote_counter_password | postgres_status_password | postgres_exporter_password | twitch_client_secret | webhook_url | \
      backup_ssh_key | backup_known_hosts | backup_credentials) ;;
    *) return 1 ;;
  esac
}

# Where a person gets a new one.
where_from() {
  case $1 in
    twitch_client_secret) echo "dev.twitch.tv/console/apps, your application, New Secret" ;;
    webhook_url) echo "in Discord: the channel, Integrations, Webhooks: a new one; then delete the old one" ;;
    watcher_beat_url | watchdog_beat_url) echo "the page of the dead man's switch (DEPLOYMENT.md, From outside)" ;;
    discord_token) echo "discord.com/developers/applications, Bot, Reset Token" ;;
    discord_client_secret) echo "discord.com/developers/applications, OAuth2, Reset Secret" ;;
    cloudflared_credentials.json | cloudflared_token) echo "Cloudflare's page of the tunnel (DEPLOYMENT.md, Cloudflare Tunnel)" ;;
    tls_certificate | tls_key) echo "who issues your certificate; as a file: rotate.sh $1 < FILE" ;;
    backup_ssh_key) echo "ssh-keygen -t ed25519; bring its .pub to the target first; as a file: rotate.sh $1 < FILE" ;;
    backup_known_hosts) echo "ssh-keyscan of the target; as a file: rotate.sh $1 < FILE" ;;
    *) echo "whoever gave you the old one" ;;
  esac
}

names() { find "$folder" -maxdepth 1 -type f ! -name '*.md' ! -name '*.pub' -printf '%f\n' | sort; }

# What `all` makes anew: all that is ours. B makes only what A does not have in use.
own_secrets() {
  local each
  if [[ $role == processing ]]; then echo grafana_password; return; fi
  for each in $(names); do
    [[ $(made_by "$each") == person || $each == grafana_password ]] || echo "$each"
  done
  echo visitor_key
}

list_secrets() {
  local each
  for each in $(names) visitor_key; do
    case $each:$(made_by "$each") in
      visitor_key:*) printf '%-38s %s\n' "$each" "made anew; in the database, A alone" ;;
      *:person) printf '%-38s %s\n' "$each" "asked for: $(where_from "$each")" ;;
      *) printf '%-38s %s\n' "$each" "made anew$(! is_shared "$each" || echo ', for both machines')" ;;
    esac
  done
  printf '%-38s %s\n' twitch/ "the sign-in, on B: OPERATIONS.md, SignInNeeded"
}
