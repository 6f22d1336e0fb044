#!/usr/bin/env bash
# Starts one half of the Flink cluster: `flink-start jobmanager` submits the job, resumed from its newest complete
# checkpoint; `flink-start taskmanager` runs it. FLINK_RESUME=no begins anew; a checkpoint's folder begins there.
set -euo pipefail

plan=/tmp/start.json
mkdir -p "$FLINK_LOG_DIR"
common=(-D "jobmanager.rpc.address=${FLINK_JOBMANAGER:-flink-jobmanager}")

case ${1:-} in
  jobmanager)
    checkpoint=$(python /opt/flink-job/flink_job.py plan "$plan" "${FLINK_RESUME:-newest}")
    echo "The job starts from ${checkpoint:-no checkpoint}"
    (until python /opt/flink-job/sync_checkpoints.py "$DETECTOR_CHECKPOINT_DIRECTORY"; do sleep 1; done) &
    exec "$FLINK_HOME/bin/standalone-job.sh" start-foreground \
      --job-classname org.apache.flink.client.python.PythonDriver \
      ${checkpoint:+--fromSavepoint "file://$checkpoint"} "${common[@]}" \
      -D "jobmanager.memory.process.size=${FLINK_JOBMANAGER_MEMORY:-480m}" \
      -pyclientexec /opt/venv/bin/python -pyexec /opt/venv/bin/python -py /opt/flink-job/flink_job.py "$plan"
    ;;
  taskmanager)
    export PROMETHEUS_MULTIPROC_DIR=/tmp/worker-metrics
    mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
    export PYTHONPATH=/app/services/clip_detector/jvm_python:$PYTHONPATH
    python /opt/flink-job/worker_metrics.py 9250 &
    exec "$FLINK_HOME/bin/taskmanager.sh" start-foreground "${common[@]}" \
      -D "taskmanager.host=$(hostname -i)" \
      -D "taskmanager.numberOfTaskSlots=${DETECTOR_PARALLELISM:-1}" \
      -D "taskmanager.memory.process.size=${FLINK_TASKMANAGER_MEMORY:-704m}"
    ;;
  *)
    exec "$@"
    ;;
esac
