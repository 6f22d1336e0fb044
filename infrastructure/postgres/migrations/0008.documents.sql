-- A moment's row keeps the contract's document (contracts.moments.Moment); columns are for what a list is filtered or
-- sorted by. Changes the catalogue alone: no row is read or written, whatever the table's size.
-- depends: 0007.channel_index

-- The columns that the document replaces stay, so that rows of the version before remain readable. Their defaults let
-- that version run on rows that have only a document.
ALTER TABLE moments
    ADD COLUMN document jsonb,
    ALTER COLUMN detector_name SET DEFAULT '',
    ALTER COLUMN detector_version SET DEFAULT 0,
    ALTER COLUMN peak_at SET DEFAULT now(),
    ALTER COLUMN score SET DEFAULT 0,
    ALTER COLUMN times_usual SET DEFAULT 0,
    ALTER COLUMN evidence SET DEFAULT '{}';

CREATE FUNCTION epoch_ms(at timestamptz) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN round(extract(EPOCH FROM at) * 1000)::bigint;

-- The document of any row; for one that was written before documents were, it is made of the columns.
CREATE FUNCTION moment_document(m moments) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN m.document IS NOT NULL THEN m.document ELSE jsonb_strip_nulls(jsonb_build_object(
    'schema_version', 1,
    'moment_id', m.moment_id,
    'revision', CASE m.revision_number WHEN 1 THEN 'raised' WHEN 2 THEN 'peaked' ELSE 'closed' END,
    'revision_number', m.revision_number,
    'detector_name', m.detector_name,
    'detector_version', m.detector_version,
    'channel_id', m.channel_id,
    'crossed_at', epoch_ms(m.crossed_at),
    'peak_at', epoch_ms(m.peak_at),
    'closed_at', epoch_ms(m.closed_at),
    'score', m.score,
    'times_usual', m.times_usual,
    'causes', to_jsonb(m.causes),
    'mood', m.mood,
    'mood_share', m.mood_share,
    'biggest_in_seconds', m.biggest_in_seconds,
    'clip_from_at', epoch_ms(m.clip_from_at),
    'clip_until_at', epoch_ms(m.clip_until_at),
    'no_clip_reason', m.no_clip_reason,
    'shadow', m.shadow,
    'stream_id', m.stream_id,
    'stream_started_at', epoch_ms(m.stream_started_at),
    'evidence', m.evidence
)) END;
