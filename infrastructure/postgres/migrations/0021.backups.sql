-- What a restored database has to know: up to where Kafka is in it, when it was restored, and how its backups went.
-- depends: 0020.web_sessions

-- Up to where the recorder's topics are in this database, written with the rows themselves: a backup holds the
-- positions of its moment, and a recorder that knows of later ones reads again from here. The row of the topic '*'
-- stands for partitions without a row of their own: they go on where the consumer group is. It is there in a database
-- that was in use before positions were kept; a new database begins with the oldest records that Kafka has.
CREATE TABLE recorder_positions (
    topic        text NOT NULL,
    partition_id integer NOT NULL,
    next_offset  bigint NOT NULL,
    PRIMARY KEY (topic, partition_id)
);
INSERT INTO recorder_positions SELECT '*', 0, 0 WHERE EXISTS (SELECT FROM pipeline_progress);

-- Each restore into this database, and up to when the backup knew what people typed. What happened before the last one
-- is not posted: what was posted of it may be missing from the ledger.
CREATE TABLE restores (
    restored_at timestamptz PRIMARY KEY DEFAULT now(),
    backup_at   timestamptz NOT NULL
);

-- How backups go: `full` and `typed` of machine A, `processing` of machine B, `check` the weekly trial of a restore.
-- `problem`: why the last try failed; empty if it did not.
CREATE TABLE backups (
    kind     text PRIMARY KEY CHECK (kind IN ('full', 'typed', 'processing', 'check')),
    good_at  timestamptz,
    tried_at timestamptz NOT NULL DEFAULT now(),
    problem  text NOT NULL DEFAULT ''
);

-- After a restore voices may be there before the moments that they are of.
CREATE FUNCTION count_voices_of_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.count_voices(came.moment_id) FROM came
    WHERE EXISTS (SELECT FROM public.voices AS v WHERE v.moment_id = came.moment_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER moments_count_voices AFTER INSERT ON moments
REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION count_voices_of_new();
