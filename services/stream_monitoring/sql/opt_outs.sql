-- name: read_opt_outs()
SELECT channel_id, login, is_out, floor(extract(epoch FROM changed_at) * 1000)::bigint FROM opt_outs;

-- name: restore_opt_outs(rows)!
-- After an old backup was restored; the recorder then deletes these channels' rows, as for a new opt-out.
INSERT INTO opt_outs (channel_id, login, is_out, changed_at)
SELECT r.channel_id, r.login, r.is_out, to_timestamp(r.changed_at / 1000.0)
FROM jsonb_to_recordset(:rows::jsonb) AS r(channel_id text, login text, is_out boolean, changed_at bigint)
ON CONFLICT (channel_id) DO UPDATE SET
    login = excluded.login, is_out = excluded.is_out, changed_at = excluded.changed_at, cleared_for = NULL
WHERE excluded.changed_at > opt_outs.changed_at;
