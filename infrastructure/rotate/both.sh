# Both machines from the operator's own computer, by SSH; a value goes from A to B through a pipe and is never shown.
# Read by rotate.sh.
# shellcheck shell=bash disable=SC2154,SC2153 # name, role, folder, unfinished: of rotate.sh; ROTATE_A: the operator's

there=${CHECKOUT:-stream-scout}/infrastructure/rotate.sh

# on MACHINE COMMAND [NAME]. What the names may be is checked here, as the other end's shell reads them.
on() {
  # shellcheck disable=SC2029 # read here on purpose
  ssh "$1" "$there ${*:2}"
}

both() {
  local each
  [[ -n ${ROTATE_B:-} ]] || die "say where machine B is too: ROTATE_B=you@100.64.0.2"
  [[ $1 =~ ^[a-z_.]+$ ]] || die "$1 is no secret's name: infrastructure/rotate.sh list"
  if [[ $1 != all ]]; then both_one "$1"; return; fi
  for each in $(on "$ROTATE_A" list | awk '/made anew/ { print $1 }'); do both_one "$each" || exit 1; done
}

both_one() {
  local each=$1 value
  if [[ $each == grafana_password ]]; then on "$ROTATE_B" "$each" </dev/null; return; fi
  if ! is_shared "$each"; then on "$ROTATE_A" "$each"; return; fi
  case $(made_by "$each"):$each in
    person:*)
      name=$each value=$(ask)
      on "$ROTATE_A" take "$each" <<<"$value" && on "$ROTATE_B" take "$each" <<<"$value" ;;
    # Kafka and capture change on B first; what Postgres and the repository check, on A.
    *:kafka_password | *:chatter_key)
      on "$ROTATE_A" begin "$each" </dev/null && on "$ROTATE_A" print "$each" </dev/null | on "$ROTATE_B" take "$each" && on "$ROTATE_A" "$each" </dev/null ;;
    *) on "$ROTATE_A" "$each" </dev/null && on "$ROTATE_A" print "$each" </dev/null | on "$ROTATE_B" take "$each" ;;
  esac || die "$each is not new on both machines: run this again"
}

# A value that A has made, from standard input.
adopt() {
  local value
  value=$(cat)
  [[ $value =~ ^[A-Za-z0-9]{40,64}$ ]] || die "$name: what came is no password of ours"
  mkdir -p "$unfinished" && chmod 700 "$unfinished"
  printf %s "$value" >"$unfinished/$name.part"
  sync "$unfinished/$name.part"
  mv "$unfinished/$name.part" "$unfinished/$name"
}

# tell_b NAMES: run on A alone, so B does not know yet.
tell_b() {
  local each shared=()
  [[ $role == reliable && -n $(setting MACHINE_B) ]] || return 0
  for each in $1; do ! is_shared "$each" || shared+=("$each"); done
  ((${#shared[@]})) || return 0
  say "Machine B does not know it yet. On your own computer:"
  for each in "${shared[@]}"; do
    say "  ssh A '$there print $each' | ssh B '$there take $each'"
  done
}
