-- The recorder makes and drops the daily partitions of chat_counts, and may create or drop nothing else: these functions
-- run as their owner.
-- depends: 0008.documents

CREATE FUNCTION make_chat_counts_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.chat_counts FOR VALUES FROM (%L) TO (%L)',
        'chat_counts_' || to_char(day, 'YYYYMMDD'), day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC'
    );
END
$$;

CREATE FUNCTION drop_chat_counts_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'chat_counts_' || to_char(day, 'YYYYMMDD'));
END
$$;
