#!/usr/bin/env bash
# Tells a running broker the password that is in its secret file now:
#   docker compose -f docker-compose.processing.yml exec kafka bash /opt/stream-scout/kafka/set_password.sh
set -euo pipefail
own=$(dirname "${BASH_SOURCE[0]}")
export LOG_DIR=/tmp/kafka-logs KAFKA_HEAP_OPTS="-Xmx48M -XX:TieredStopAtLevel=1" KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$own/log4j2.properties"
/opt/kafka/bin/kafka-configs.sh --bootstrap-server 127.0.0.1:9091 --alter --entity-type users \
  --entity-name "${KAFKA_USER:?}" --add-config "SCRAM-SHA-256=[password=$(<"${KAFKA_PASSWORD_FILE:?}")]"
