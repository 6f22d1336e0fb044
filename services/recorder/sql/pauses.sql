-- name: begin_pause(machine, seconds, reason)!
INSERT INTO pauses (machine, reason, until_at)
VALUES (:machine, :reason, now() + make_interval(secs => :seconds))
ON CONFLICT (machine) DO UPDATE SET reason = excluded.reason, until_at = excluded.until_at;

-- name: end_pause(machine)!
DELETE FROM pauses WHERE machine = :machine;
