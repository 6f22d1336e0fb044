#!/usr/bin/env bash
# Puts new secrets in the place of old ones: infrastructure/rotate.sh NAME|all|list
#
# Passwords and keys of our own are made anew, told to whoever checks them (Postgres, Kafka, restic, Grafana), and the
# services that use them are restarted; the website is exchanged beside the old one. What another gives you (Twitch,
# Discord, a certificate) is asked for unseen, or comes on standard input. Killed in the middle? Run it again: it goes on
# with the same value. What both machines hold is made on A. From your own computer, for both at once, by SSH:
#
#   ROTATE_A=you@100.64.0.1 ROTATE_B=you@100.64.0.2 infrastructure/rotate.sh NAME|all
#
# CHECKOUT is the folder of the checkout on both (stream-scout). `begin`, `print` and `take` NAME are what it asks of them.
set -uo pipefail

name=${1:-} command=rotate
case $name in begin | print | take) command=$name name=${2:-} ;; esac
role=reliable
# shellcheck source=infrastructure/backup/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/backup/lib.sh"
[[ -z $(setting MACHINE_A) ]] || role=processing # only B names A
folder=$(setting SECRETS_DIRECTORY)
folder=${folder:-$here/secrets}
unfinished=${ROTATE_STATE:-$here/.rotate}
step() { printf '       %s\n' "$1"; }

for part in kinds steps both; do
  # shellcheck source=/dev/null
  . "infrastructure/rotate/$part.sh"
done

# The new value, on the disk before anything is changed: a later run finds it there.
new_value() {
  local file=$unfinished/$name
  if [[ -s $file ]]; then step "going on where the last run was ended"; return; fi
  mkdir -p "$unfinished" && chmod 700 "$unfinished"
  case $(made_by "$name") in
    password) head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 40 ;;
    key) od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' ;;
    person) ask ;;
  esac >"$file.part" || die "$name: no new value; nothing was changed"
  [[ -s $file.part ]] || die "$name: no new value; nothing was changed"
  sync "$file.part"
  mv "$file.part" "$file"
}

ask() {
  local value
  if [[ ! -t 0 ]]; then value=$(cat); else
    say "$name: $(where_from "$name")" >&2
    read -rsp "the new one (what you type or paste is not shown), then Enter: " value
    echo >&2
  fi
  # Without what a browser copies along; a certificate has its own lines.
  printf %s "$value" | sed -e '1s/^[[:space:]]*//' -e '$s/[[:space:]]*$//'
}

# Into the file that is there: containers that run hold this very file. Whoever kills us here finds the value in $unfinished.
put_in_place() {
  cat "$unfinished/$name" >"$folder/$name" || die "$folder/$name cannot be written: make secrets"
  sync "$folder/$name"
}

left_unfinished() { find "$unfinished" -maxdepth 1 -type f -size +0 ! -name '*.part' -printf '%f\n' 2>/dev/null; }

finish() {
  rm -f "$unfinished/$name"
  say "new    $name"
}

rotate() {
  name=$1
  if [[ $name == visitor_key ]]; then new_visitor_key; return; fi
  [[ -f $folder/$name ]] || die "there is no secret $name in $folder: infrastructure/rotate.sh list"
  if [[ $role == processing && $command == rotate ]] && is_shared "$name" && [[ $(made_by "$name") != person ]]; then
    die "$name is made on machine A: run this there, or for both from your own computer (ROTATE_A=... ROTATE_B=... $0 $name)"
  fi
  new_value
  "change_$(checked_by "$name")"
  finish
}

case $command:$name in
  *: ) sed -n '2,/^# CHECKOUT/p' "$0" | sed -n 's/^# \{0,1\}//p' >&2; exit 2 ;;
  *:list) list_secrets; exit ;;
esac
if [[ $command == rotate && -n ${ROTATE_A:-} ]]; then both "$name"; exit; fi
[[ $command == print ]] || mkdir -p "$unfinished"
exec 8>"$unfinished.lock"
[[ $command == print ]] || flock -n 8 || die "another rotation runs on this machine"
case $command in
  begin)
    new_value
    [[ $name != chatter_key ]] || hold_capture ;;
  print) cat "$unfinished/$name" 2>/dev/null || cat "$folder/$name" ;;
  take)
    rm -f "$unfinished/$name" # what was given counts
    [[ $(made_by "$name") == person ]] || adopt
    rotate "$name" ;;
  rotate)
    wanted=$name
    if [[ $wanted == all ]]; then wanted=$(own_secrets); fi
    # What a killed run has left is finished first.
    tried=' ' failed=''
    for each in $(left_unfinished) $wanted; do
      [[ $tried != *" $each "* ]] || continue
      tried+="$each "
      (rotate "$each") || failed+=" $each" # the others do not wait for one that fails
    done
    [[ -z $failed ]] || die "not changed:$failed. See above; then run this again"
    say "The backups of before hold the old ones: infrastructure/backup.sh $role"
    tell_b "$wanted" ;;
esac
