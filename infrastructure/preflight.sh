#!/usr/bin/env bash
# Checks a machine before it is started: `infrastructure/preflight.sh reliable|processing`.
# Prints what is wrong and what to do, and ends with 1 where the start would fail.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$here" || exit 1
role=${1:-}
wrong=0

ok() { printf 'ok     %s\n' "$1"; }
warn() { printf 'WARN   %s\n       -> %s\n' "$1" "$2"; }
fail() { printf 'WRONG  %s\n       -> %s\n' "$1" "$2"; wrong=$((wrong + 1)); }

# Needs per machine: memory in MB, free disk in GB, the other machine's variable, its port that has to answer.
case $role in
  reliable) memory=900 disk=12 other=MACHINE_B other_port=9094 compose=docker-compose.reliable.yml ;;
  processing) memory=3500 disk=30 other=MACHINE_A other_port=5432 compose=docker-compose.processing.yml ;;
  *) echo "Usage: $0 reliable|processing" >&2; exit 2 ;;
esac

# setting NAME: from the environment, else from .env, as Docker Compose reads it
setting() {
  if [[ -n ${!1:-} ]]; then printf '%s' "${!1}"; return; fi
  [[ -f .env ]] && sed -n "s/^$1=//p" .env | tail -n 1 | sed -e 's/[[:space:]]*\(#.*\)\?$//' -e "s/^[\"']//; s/[\"']$//"
}

is_address() { [[ $1 =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}$ ]]; }
answers() { timeout 3 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null; }

check_machine() {
  local have free
  have=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
  if ((have >= memory)); then ok "memory: $have MB"; else
    fail "memory: $have MB, needed are $memory MB" "Take a larger machine, or close what else runs."
  fi
  free=$(df --output=avail -BG . | tail -n 1 | tr -dc 0-9)
  if ((free >= disk)); then ok "free disk: $free GB"; else
    fail "free disk: $free GB, needed are $disk GB" "Free some, or lower SPOOL_MAX_BYTES in .env."
  fi
  case $(uname -m) in
    x86_64 | aarch64) ok "processor: $(uname -m)" ;;
    *) fail "processor: $(uname -m)" "There are images for x86_64 and aarch64 only." ;;
  esac
  if [[ $(cat /proc/sys/net/ipv4/ip_nonlocal_bind 2>/dev/null) == 1 ]]; then ok "ports can be bound before Tailscale is up"; else
    warn "after a reboot Docker may start before Tailscale, and ports on its address then stay closed" \
      "echo net.ipv4.ip_nonlocal_bind=1 | sudo tee /etc/sysctl.d/60-stream-scout.conf && sudo sysctl --system"
  fi
}

# How long a sync takes where Docker keeps the volumes; here, if only root may write there.
check_disk() {
  local folder said fact meaning code
  folder=$(docker info -f '{{.DockerRootDir}}' 2>/dev/null)
  [[ -n $folder && -w $folder ]] || folder=$PWD
  if ! command -v python3 >/dev/null; then
    warn "disk: without python3 its speed cannot be measured" "sudo apt-get install python3-minimal"
    return
  fi
  said=$(python3 -I tools/embedded/sync_probe.py "$folder" 2>/dev/null)
  code=$?
  { read -r fact; read -r meaning; } <<<"$said"
  case $code in
    0) ok "disk: $fact" ;;
    1) warn "disk: $fact" "$meaning" ;;
    *) warn "disk: ${fact:-its speed was not measured}" "Run this as a user who may write to $folder." ;;
  esac
}

check_clock() {
  local synced
  synced=$(timedatectl show -p NTPSynchronized --value 2>/dev/null)
  case $synced in
    yes) ok "clock: synchronised" ;;
    no) fail "clock: not synchronised" "sudo timedatectl set-ntp true" ;;
    *) warn "clock: cannot tell whether it is synchronised" "Look at the time: $(date -u '+%F %T') UTC" ;;
  esac
}

check_docker() {
  if ! docker info >/dev/null 2>&1; then
    fail "Docker does not answer" "infrastructure/install.sh $role installs and starts it; by hand: DEPLOYMENT.md, The long way"
    return
  fi
  ok "Docker $(docker version --format '{{.Server.Version}}' 2>/dev/null)"
  if docker compose version >/dev/null 2>&1; then ok "Docker Compose $(docker compose version --short)"; else
    fail "Docker Compose is missing" "infrastructure/install.sh $role installs it, from where this system has it (Debian's docker-compose is too old)"; return
  fi
  if error=$(docker compose -f "$compose" config -q 2>&1); then ok "$compose can be read"; else
    fail "$compose: $error" "Correct .env."
  fi
}

check_addresses() {
  local own there
  own=$(setting BIND_ADDR)
  if [[ -z $own ]]; then
    fail "BIND_ADDR is not set" "Put BIND_ADDR=$(command -v tailscale >/dev/null && tailscale ip -4 2>/dev/null || echo THIS_MACHINES_TAILSCALE_ADDRESS) into .env"
  elif ! is_address "$own"; then
    fail "BIND_ADDR=$own is no IPv4 address" "Use the output of: tailscale ip -4"
  elif [[ $own == 0.0.0.0 ]]; then
    fail "BIND_ADDR=0.0.0.0 would open every port to the world" "Use the output of: tailscale ip -4"
  elif [[ $(ip -4 -o addr show) != *" $own/"* ]]; then
    fail "BIND_ADDR=$own is no address of this machine" "tailscale ip -4; then correct .env (DEPLOYMENT.md, An address changes)"
  else ok "BIND_ADDR=$own"; fi

  there=$(setting "$other")
  if [[ $role == reliable && -z $there ]]; then
    warn "MACHINE_B is not set" "Expected before there is one; the standby keeps chat until then. It joins by: infrastructure/install.sh invite"
  elif ! is_address "$there"; then
    fail "$other=${there:-(not set)} is no IPv4 address" "Put the other machine's Tailscale address into .env; on it: tailscale ip -4"
  elif answers "$there" "$other_port"; then ok "$other=$there answers on $other_port"
  elif [[ $role == processing ]]; then
    fail "$other=$there does not answer on $other_port (Postgres)" "Start machine A first; then: tailscale ping $there, and the ACL of DEPLOYMENT.md"
  else
    warn "$other=$there does not answer on $other_port (Kafka)" "Expected before machine B runs. Later: tailscale ping $there, and the ACL"
  fi
  # The way back: our own port as seen from our address.
  local port=9094 what=Kafka
  [[ $role == reliable ]] && port=5432 what=Postgres
  is_address "$own" || return
  if answers "$own" "$port"; then ok "$what answers on $own:$port"; else
    warn "$what does not answer on $own:$port" "Expected before this machine is started. On the other one: nc -vz $own $port"
  fi
}

# Each machine beats a dead man's switch of its own.
check_beat() {
  local name=watcher_beat_url
  [[ $role == reliable ]] || name=watchdog_beat_url
  if [[ ! -e $1/$name ]]; then fail "$1/$name is missing" "make secrets   (it may stay empty)"
  elif [[ ! -s $1/$name ]]; then
    warn "$1/$name is empty" "Nobody tells you if this machine vanishes. DEPLOYMENT.md, From outside; then: make secret NAME=$name"
  elif ! grep -Eqx 'https?://[^[:space:]]+' "$1/$name"; then
    fail "$1/$name is no address" "It begins with https://, on one line. make secret NAME=$name"
  else ok "$1/$name"; fi
}

check_secrets() {
  local folder names name
  folder=$(setting SECRETS_DIRECTORY)
  folder=${folder:-./secrets}
  names=(kafka_password chatter_key backup_key postgres_{recorder,stream_monitoring,emote_counter,status,exporter}_password)
  if [[ $role == reliable ]]; then
    names+=(redis_password postgres_password postgres_{owner,api_frontend,chooser,watcher,discord_bot,backup}_password)
  else names+=(grafana_password); fi
  for name in "${names[@]}"; do
    if [[ ! -e $folder/$name ]]; then
      if [[ $role == reliable ]]; then fail "$folder/$name is missing" "make secrets"; else
        fail "$folder/$name is missing" "On A: infrastructure/install.sh invite; here: infrastructure/install.sh join"
      fi
    elif [[ $(stat -c '%s' "$folder/$name") == 0 ]]; then fail "$folder/$name is empty" "rm $folder/$name && make secrets"
    elif [[ $(stat -c '%g %a' "$folder/$name") != "10001 640" ]]; then fail "$folder/$name: wrong permissions" "make secrets"
    elif [[ $role == reliable || $name == grafana_password ]]; then ok "$folder/$name"; fi
  done
  [[ $role == reliable ]] || compare_secrets "$folder"
  for name in twitch_client_secret webhook_url cloudflared_token cloudflared_credentials.json; do
    [[ -e $folder/$name ]] || fail "$folder/$name is missing" "make secrets   (it may stay empty)"
  done
  [[ -s $folder/webhook_url ]] || warn "$folder/webhook_url is empty" "Nobody is told of trouble. make secret NAME=webhook_url   (a Discord or other webhook's address)"
  check_beat "$folder"
  check_twitch "$folder"
  check_discord "$folder"
  check_tunnel "$folder"
}

# Whoever has switched the tunnel on needs its token, or the credentials of one made on the command line.
check_tunnel() {
  local file=$1/cloudflared_token
  [[ $role == reliable && ,$(setting COMPOSE_PROFILES), == *,tunnel,* ]] || return 0
  [[ -z $(setting TUNNEL_ID) ]] || file=$1/cloudflared_credentials.json
  if [[ -s $file ]]; then ok "$file"; else
    fail "$file is empty" "make secret NAME=${file##*/}   (DEPLOYMENT.md, Cloudflare Tunnel), or take tunnel out of COMPOSE_PROFILES"
  fi
  [[ $(setting API_TRUST_CLOUDFLARE) == true ]] || warn "API_TRUST_CLOUDFLARE is not true: all visitors count as one client" "Put API_TRUST_CLOUDFLARE=true into .env"
}

# Whoever has switched the bot on needs its token; nobody else does.
check_discord() {
  [[ $role == reliable && ,$(setting COMPOSE_PROFILES), == *,discord,* ]] || return 0
  if [[ -s $1/discord_token ]]; then ok "$1/discord_token"; else
    fail "$1/discord_token is empty" "Get a token at discord.com/developers/applications (DEPLOYMENT.md, Discord), or take discord out of COMPOSE_PROFILES"
  fi
}

# Whether machine B's secrets are those of A: it logs in there. Without .venv in the recorder's image, as `make status`.
compare_secrets() {
  local folder said state found advice there image run
  folder=$(realpath -m "$1") there=$(setting MACHINE_A)
  is_address "$there" || return
  image=stream-scout/recorder:$(setting STREAM_SCOUT_VERSION)
  if [[ -x .venv/bin/python ]]; then run=(env PYTHONPATH=libraries .venv/bin/python)
  else
    [[ $image != *: ]] || image+=local
    run=(docker run --rm --network host --read-only --cap-drop ALL --user "$(id -u):10001"
      --volume "$folder:$folder:ro" "$image" python)
    docker image inspect "$image" >/dev/null 2>&1 || {
      fail "the secrets were not compared with machine A's: there are no images yet" \
        "docker compose -f $compose build; then run this again"
      return
    }
  fi
  said=$("${run[@]}" -m service_runtime.shared_secrets "$folder" "$there:$other_port") ||
    fail "the secrets were not compared with machine A's" "The lines above say why."
  while IFS=$'\t' read -r state found advice; do
    [[ -z $state ]] || "$state" "$found" "$advice"
  done <<<"$said"
}

check_twitch() {
  if [[ -z $(setting TWITCH_CLIENT_ID) ]]; then
    warn "TWITCH_CLIENT_ID is not set" "Chat is read anonymously, pinned channels only, and no clips are made."
    [[ -n $(setting PINNED_CHANNELS) ]] || fail "neither TWITCH_CLIENT_ID nor PINNED_CHANNELS is set" "Put PINNED_CHANNELS=login,login into .env"
    return
  fi
  [[ -s $1/twitch_client_secret ]] || fail "$1/twitch_client_secret is empty" "make secret NAME=twitch_client_secret   (the application's: DEPLOYMENT.md, Before you begin)"
  [[ $role == reliable ]] || check_sign_in "$1/twitch"
}

check_sign_in() {
  local tokens=$1/twitch_user_tokens.json
  if [[ $(stat -c '%g %a' "$1" 2>/dev/null) != "10001 2770" || ! -x $1 ]]; then
    fail "$1: wrong permissions" "make secrets"
  elif [[ ! -s $tokens ]]; then warn "nobody has signed in at Twitch" "No clips are made until then: infrastructure/install.sh processing"
  elif [[ $(stat -c %u "$tokens") != 10001 ]]; then fail "$tokens: no service can read it" "make secrets"
  else ok "somebody has signed in at Twitch"; fi
}

# Alerts are sent from machine B, and link to their entry.
check_links() {
  local url origin
  url=$(setting OPERATIONS_URL)
  if [[ -z $url ]]; then
    origin=$(git remote get-url origin 2>/dev/null | sed -E 's#^(ssh://)?git@([^:/]+)[:/]#https://\2/#; s#\.git$##')
    warn "OPERATIONS_URL is not set: alerts do not link to what to do" \
      "Put OPERATIONS_URL=${origin:-https://git.example.org/you/stream-scout}/blob/main/OPERATIONS.md into .env"
  elif curl -fsSL -m 10 -o /dev/null "$url" 2>/dev/null; then ok "OPERATIONS_URL opens"; else
    warn "OPERATIONS_URL=$url does not open from here" "Open it in your browser; correct .env if it does not open there either."
  fi
}

check_backup() {
  [[ -n $(setting BACKUP_FOLDER)$(setting BACKUP_REPOSITORY) ]] ||
    warn "no backup is set up" "What is lost with this machine's disk stays lost: DEPLOYMENT.md, Backup"
}

check_machine
check_disk
check_clock
check_docker
check_addresses
check_secrets
[[ $role == reliable ]] || check_links
check_backup
echo
if ((wrong)); then echo "$wrong to be put right before the start."; exit 1; fi
echo "Ready: docker compose -f $compose up -d --build --wait"
