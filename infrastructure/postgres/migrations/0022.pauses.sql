-- Alerts held back by an operator or a deploy, one row a machine. The watcher reads it and tells Prometheus.
-- depends: 0021.backups
CREATE TABLE pauses (
    machine text PRIMARY KEY CHECK (machine IN ('A', 'B')),
    reason text NOT NULL CHECK (length(reason) <= 200),
    until_at timestamptz NOT NULL
);
