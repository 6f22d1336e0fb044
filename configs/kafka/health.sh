#!/usr/bin/env bash
# Asks the broker which requests it answers (ApiVersions, by hand: a JVM every few seconds would cost more than Kafka).
# It answers only once its logs are recovered.
set -euo pipefail
exec 3<>/dev/tcp/127.0.0.1/9091
# Length 10; api 18, version 0, correlation 7, no client id.
printf '\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x07\xff\xff' >&3
# Any length; correlation 7, error 0.
answer=$(timeout 4 head -c 10 <&3 | od -An -tx1 | tr -d ' \n')
[[ ${answer:8} == 000000070000 ]] || { echo "unexpected answer: $answer"; exit 1; }
