-- How often emotes were used: a row a channel and minute for today, rows a channel and day after that; both partitioned
-- by day. Bytes are packed as libraries/emote_counts says (minute_row.py, slots.py, sums.py).
-- depends: 0016.emote_catalogue

-- Every emote under each name that chat used. Forgotten once it was in no day that is kept.
CREATE TABLE emotes (
    emote_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider    text NOT NULL CHECK (provider IN ('twitch', '7tv', 'bttv', 'ffz')),
    provider_id text NOT NULL,
    name        text NOT NULL,
    used_on     date NOT NULL,
    UNIQUE (provider, provider_id, name)
);

-- Today, and what came late. `packed`: all emotes of the minute.
CREATE TABLE emote_minutes (
    minute_at  timestamptz NOT NULL,
    uses       integer NOT NULL,
    is_closed  boolean NOT NULL,
    channel_id text NOT NULL,
    packed     bytea NOT NULL,
    PRIMARY KEY (channel_id, minute_at)
) PARTITION BY RANGE (minute_at);

-- Days that are over, in some hundred rows a channel: an emote that was used often has one of its own, the others share
-- some (libraries/emote_counts/slots.py). What is packed does not get smaller: it is not compressed once more.
CREATE TABLE emote_days (
    day        date NOT NULL,
    slot       integer NOT NULL,
    channel_id text NOT NULL,
    packed     bytea NOT NULL,
    PRIMARY KEY (channel_id, slot, day)
) PARTITION BY RANGE (day);
ALTER TABLE emote_minutes ALTER COLUMN packed SET STORAGE EXTERNAL;
ALTER TABLE emote_days ALTER COLUMN packed SET STORAGE EXTERNAL;

-- Which days of a channel are read from emote_days: all of their minutes are there. `sums`: uses and people of every
-- emote (sums.py); `closed`: a bit for each minute that was closed.
CREATE TABLE emote_rollups (
    day        date NOT NULL,
    channel_id text NOT NULL,
    closed     bytea NOT NULL,
    sums       bytea NOT NULL,
    PRIMARY KEY (channel_id, day)
);
ALTER TABLE emote_rollups ALTER COLUMN sums SET STORAGE EXTERNAL;

-- The recorder may create and drop nothing: these functions run as their owner.
CREATE FUNCTION make_emote_partitions(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.emote_minutes FOR VALUES FROM (%L) TO (%L)',
        'emote_minutes_' || to_char(day, 'YYYYMMDD'), day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC'
    );
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.emote_days FOR VALUES FROM (%L) TO (%L)',
        'emote_days_' || to_char(day, 'YYYYMMDD'), day, day + 1
    );
END
$$;

CREATE FUNCTION drop_emote_partitions(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'emote_minutes_' || to_char(day, 'YYYYMMDD'));
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'emote_days_' || to_char(day, 'YYYYMMDD'));
END
$$;

-- Give back the room of a day's minutes once all of them were rolled up; nobody waits for it. The table stays, for what
-- comes late.
CREATE FUNCTION trim_emote_minutes(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := 'emote_minutes_' || to_char(day, 'YYYYMMDD');
    has_rows boolean;
BEGIN
    IF to_regclass('public.' || name) IS NULL OR pg_relation_size(to_regclass('public.' || name)) = 0 THEN
        RETURN false;
    END IF;
    EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE NOWAIT', name);
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO has_rows;
    IF has_rows THEN
        RETURN false;
    END IF;
    EXECUTE format('TRUNCATE public.%I', name);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$$;
