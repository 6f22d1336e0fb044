-- Up to where Kafka is in this database.

-- name: read_positions()
SELECT topic, partition_id, next_offset FROM recorder_positions;

-- name: write_positions(rows)!
-- Not the greatest: after the loss of Kafka its offsets begin anew.
INSERT INTO recorder_positions (topic, partition_id, next_offset)
SELECT r.topic, r.partition_id, r.next_offset
FROM jsonb_to_recordset(:rows::jsonb) AS r(topic text, partition_id integer, next_offset bigint)
ORDER BY r.topic, r.partition_id
ON CONFLICT (topic, partition_id) DO UPDATE SET next_offset = excluded.next_offset;
