-- A restored database says so: nothing older is posted. Partitions of Kafka that it says nothing of are read from their
-- beginning. Whether what was on its way to Discord arrived, nobody can tell. What stands there is brought up to date
-- once, since streams begin to be counted anew.
INSERT INTO restores (backup_at) VALUES (:'backup_at'::timestamptz);
DELETE FROM recorder_positions WHERE topic = '*';
UPDATE discord_messages SET state = 'unknown', reason = 'restored', settled_at = now() WHERE state = 'intent';
UPDATE discord_messages SET shown_version = 0 WHERE kind = 'live' AND state = 'sent' AND NOT is_final;
