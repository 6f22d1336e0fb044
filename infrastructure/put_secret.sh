#!/usr/bin/env bash
# Asks for a secret unseen and writes it into its file, so that it is on no screen and in no shell's history.
# Usage: infrastructure/put_secret.sh NAME [FOLDER], where NAME is a file that secrets.sh made; a secret of several
# lines, or one from a program, comes on standard input.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
name=${1:-}
folder=${2:-${SECRETS_DIRECTORY:-$here/secrets}}
file=$folder/$name

if [[ -z $name || $name == */* || ! -f $file ]]; then
  echo "Which one? Usage: $0 NAME. First run: make secrets. In $folder are:" >&2
  find "$folder" -maxdepth 1 -type f ! -name '*.md' -printf '  %f\n' 2>/dev/null | sort >&2
  exit 2
fi
if [[ -t 0 ]]; then
  read -rsp "$name (what you type or paste is not shown), then Enter: " value
  echo >&2
else
  value=$(cat)
fi
# Without what a browser copies along.
value=$(sed -e '1s/^[[:space:]]*//' -e '$s/[[:space:]]*$//' <<<"$value")
[[ -n $value ]] || { echo "Nothing was typed; $file is as it was." >&2; exit 1; }
# Into the file that is there: it keeps its owner, its permissions and its place in running containers.
printf %s "$value" >"$file"
echo "$file has ${#value} characters."
