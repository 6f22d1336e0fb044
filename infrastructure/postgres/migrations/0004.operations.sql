-- What the site and an operator need to know: how fresh the data is, what was not understood.
-- depends: 0003.chat_counts

-- stage: 'job' (event time that the job has finished), 'recorder' (a heartbeat), 'capture' (last tick).
CREATE TABLE pipeline_progress (
    stage      text PRIMARY KEY,
    event_at   timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE dead_letters (
    dead_letter_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic           text NOT NULL,
    partition_id    integer NOT NULL,
    record_offset   bigint NOT NULL,
    place           text NOT NULL,
    reason          text NOT NULL,
    payload         text NOT NULL,
    met_at          timestamptz NOT NULL,
    UNIQUE (topic, partition_id, record_offset)
);
CREATE INDEX dead_letters_met ON dead_letters (met_at DESC);
