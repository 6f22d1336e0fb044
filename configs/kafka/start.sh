#!/usr/bin/env bash
# Starts the broker in its container: four listeners, of which only two leave it, and both ask for the password.
# KAFKA_EXTERNAL_ADDRESS: the address under which the other machine reaches this one; KAFKA_USER: the clients' name.
set -euo pipefail

own=$(dirname "${BASH_SOURCE[0]}")
properties=/tmp/server.properties
password=$(<"${KAFKA_PASSWORD_FILE:?}")
scram=org.apache.kafka.common.security.scram.ScramLoginModule

cat "$own/server.properties" - >"$properties" <<END

log.dirs=/var/lib/kafka/data
controller.quorum.voters=1@127.0.0.1:9093
listeners=INTERNAL://:9092,EXTERNAL://:9094,LOCAL://127.0.0.1:9091,CONTROLLER://127.0.0.1:9093
advertised.listeners=INTERNAL://kafka:9092,EXTERNAL://${KAFKA_EXTERNAL_ADDRESS:?}:9094,LOCAL://127.0.0.1:9091
listener.security.protocol.map=INTERNAL:SASL_PLAINTEXT,EXTERNAL:SASL_PLAINTEXT,LOCAL:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=LOCAL
sasl.enabled.mechanisms=SCRAM-SHA-256
listener.name.internal.sasl.enabled.mechanisms=SCRAM-SHA-256
listener.name.external.sasl.enabled.mechanisms=SCRAM-SHA-256
listener.name.internal.scram-sha-256.sasl.jaas.config=$scram required;
listener.name.external.scram-sha-256.sasl.jaas.config=$scram required;
END

export LOG_DIR=/tmp/kafka-logs EXTRA_ARGS="-name kafkaServer"
export KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$own/log4j2.properties"
export KAFKA_JVM_PERFORMANCE_OPTS="-XX:+UseSerialGC -XX:-UsePerfData -Djava.awt.headless=true"

if [[ ! -f /var/lib/kafka/data/meta.properties ]]; then
  KAFKA_HEAP_OPTS=-Xmx128M /opt/kafka/bin/kafka-storage.sh format --ignore-formatted \
    --cluster-id "${CLUSTER_ID:-c3RyZWFtLXNjb3V0LTAwMQ}" --config "$properties" \
    --add-scram "SCRAM-SHA-256=[name=${KAFKA_USER:?},password=$password]"
fi
export KAFKA_HEAP_OPTS="-Xms${KAFKA_HEAP:-256m} -Xmx${KAFKA_HEAP:-256m}"
exec bash "$own/when_room.sh" /var/lib/kafka/data 64 /opt/kafka/bin/kafka-server-start.sh "$properties"
