-- How many rows each table has, and a sum over the content of moments and clips: a line each. The session is in a
-- transaction of its own, or in the one whose snapshot is dumped.
\pset tuples_only on
\pset format unaligned
\pset fieldsep ' '
SET timezone = 'UTC';
SELECT format('SELECT %L, count(*) FROM public.%I', relname, relname)
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relpersistence = 'p' AND relname NOT LIKE 'yoyo%'
ORDER BY relname
\gexec
SELECT 'hash:moments', coalesce(sum(hashtextextended(m::text, 0)::numeric), 0) FROM public.moments AS m;
SELECT 'hash:clips', coalesce(sum(hashtextextended(c::text, 0)::numeric), 0) FROM public.clips AS c;
