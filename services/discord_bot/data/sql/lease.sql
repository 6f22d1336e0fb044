-- Which instance answers and sends.

-- name: take(holder, seconds)
-- Take the lease, or keep it; empty while another instance has it.
INSERT INTO discord_lease AS known (holder, held_until)
VALUES (:holder, now() + make_interval(secs => :seconds::double precision))
ON CONFLICT (is_only) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE known.holder = excluded.holder OR known.held_until <= now()
RETURNING holder;

-- name: give_back(holder)
UPDATE discord_lease SET held_until = now() WHERE holder = :holder RETURNING holder;
