# Flink with the job inside. The Flink distribution is the one that PyPI's apache-flink carries: the official image
# has no Python 3.11, and the same jars would be there twice.
#   docker build -f infrastructure/images/flink.Dockerfile -t stream-scout/flink .
ARG PYTHON_IMAGE=python:3.11.15-slim-bookworm
ARG MAVEN_IMAGE=maven:3.9.12-eclipse-temurin-17

FROM ${PYTHON_IMAGE} AS packages
# There is no arm64 wheel of apache-flink: there it is compiled.
RUN if [ "$(uname -m)" != x86_64 ]; then \
      apt-get update && apt-get install -y --no-install-recommends g++ openjdk-17-jdk-headless \
      && rm -rf /var/lib/apt/lists/*; fi
COPY infrastructure/requirements/flink.txt /opt/requirements.txt
# Flink's own class path needs the Python classes: the entry point of application mode, and what loads libpython, which
# a JVM does once, so that the classes must not come anew with each job. Removed is what nobody uses.
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes --requirement /opt/requirements.txt \
 && cd /opt/venv/lib/python3.11/site-packages/pyflink \
 && chmod +x bin/*.sh bin/flink \
 && (cd lib && ln -s ../opt/flink-python-*.jar . && ls -L flink-python-*.jar) \
 && rm -rf examples opt/flink-sql-client-*.jar plugins/external-resource-gpu plugins/metrics-datadog \
      plugins/metrics-graphite plugins/metrics-influx plugins/metrics-otel plugins/metrics-statsd

FROM ${MAVEN_IMAGE} AS jars
COPY infrastructure/jars/pom.xml /jars/pom.xml
RUN mvn -q -B -C -f /jars/pom.xml -P flink dependency:copy-dependencies -DoutputDirectory=/jars/flink
COPY --from=packages /opt/venv/lib/python3.11/site-packages/pyflink/lib /jars/distribution
COPY infrastructure/jars/rest_guard /jars/rest_guard
RUN javac --release 17 -cp "/jars/distribution/*" -d /jars/classes /jars/rest_guard/*.java \
 && jar --create --file /jars/flink/stream-scout-rest-guard.jar -C /jars/classes . -C /jars/rest_guard META-INF

FROM ${PYTHON_IMAGE}
# Java loads Python as a library. The official image has it; Debian's Python has it in a package of its own.
RUN apt-get update \
 && if ! ls /usr/local/lib/libpython3.11.so.*; then library=libpython3.11; fi \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      openjdk-17-jre-headless procps ${library:-} \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s "$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")" /opt/java
RUN groupadd --gid 10001 stream-scout \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin stream-scout \
 && mkdir -p /var/lib/flink /var/lib/stream-scout && chown 10001:10001 /var/lib/flink /var/lib/stream-scout
COPY --from=packages /opt/venv /opt/venv
COPY --from=jars /jars/flink /opt/venv/lib/python3.11/site-packages/pyflink/lib/

ENV FLINK_HOME=/opt/venv/lib/python3.11/site-packages/pyflink \
    FLINK_CONF_DIR=/opt/flink-conf \
    FLINK_LOG_DIR=/tmp/flink-log \
    FLINK_PID_DIR=/tmp \
    JAVA_HOME=/opt/java \
    PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app/libraries:/app/services:/opt/venv/lib/python3.11/site-packages \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2
WORKDIR /app
COPY infrastructure/images/probe.py /usr/local/bin/probe
COPY infrastructure/images/flink-start.sh /usr/local/bin/flink-start
COPY infrastructure/images/flink_job.py infrastructure/images/sync_checkpoints.py \
     infrastructure/images/worker_metrics.py /opt/flink-job/
COPY configs/flink /opt/flink-conf
COPY libraries libraries
COPY services/clip_detector services/clip_detector
RUN chmod 0755 /usr/local/bin/probe /usr/local/bin/flink-start && python -m compileall -q libraries services
# Last, so that a version that changes nothing else shares every layer with the one before.
ARG VERSION=local
ARG COMMIT=unknown
ENV STREAM_SCOUT_VERSION=${VERSION} STREAM_SCOUT_COMMIT=${COMMIT}
LABEL org.opencontainers.image.version=${VERSION} org.opencontainers.image.revision=${COMMIT}
USER 10001:10001
ENTRYPOINT ["flink-start"]
