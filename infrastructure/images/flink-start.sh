#!/usr/bin/env bash
# Starts one half of the Flink cluster: `flink-start jobmanager` (submits the job, resumed from the newest complete
# checkpoint) or `flink-start taskmanager`. FLINK_RESUME=no starts from the beginning of the topics; a path resumes there.
set -euo pipefail

checkpoints=/var/lib/flink/checkpoints

# The newest checkpoint or savepoint that is complete: `_metadata` is written last. Nothing where there is none.
newest_checkpoint() {
  find "$checkpoints" /var/lib/flink/savepoints -name _metadata -size +0 -printf '%T@ %h\n' 2>/dev/null |
    sort -rn | head -n 1 | cut -d ' ' -f 2-
}

resume_arguments() {
  local from=${FLINK_RESUME:-newest}
  case $from in
    no) return ;;
    newest) from=$(newest_checkpoint) ;;
  esac
  [[ -n $from ]] || { echo "No checkpoint yet: the job starts anew." >&2; return; }
  echo "The job resumes from $from" >&2
  printf '%s\n' --fromSavepoint "file://$from" --allowNonRestoredState
}

mkdir -p "$FLINK_LOG_DIR" "$checkpoints" /var/lib/flink/savepoints
common=(-D "jobmanager.rpc.address=${FLINK_JOBMANAGER:-flink-jobmanager}")

case ${1:-} in
  jobmanager)
    mapfile -t resume < <(resume_arguments)
    exec "$FLINK_HOME/bin/standalone-job.sh" start-foreground \
      --job-classname org.apache.flink.client.python.PythonDriver "${resume[@]}" "${common[@]}" \
      -D "jobmanager.memory.process.size=${FLINK_JOBMANAGER_MEMORY:-640m}" \
      -D "parallelism.default=${FLINK_SLOTS:-1}" \
      -pyclientexec /opt/venv/bin/python -pyexec /opt/venv/bin/python -py /app/services/clip_detector/job.py
    ;;
  taskmanager)
    exec "$FLINK_HOME/bin/taskmanager.sh" start-foreground "${common[@]}" \
      -D "taskmanager.host=$(hostname -i)" \
      -D "taskmanager.numberOfTaskSlots=${FLINK_SLOTS:-1}" \
      -D "taskmanager.memory.process.size=${FLINK_TASKMANAGER_MEMORY:-900m}"
    ;;
  *)
    exec "$@"
    ;;
esac
