-- What people typed, and the ledgers of what was sent and clipped: a script that loads it into the schema typed_in.
-- psql runs it as `backup`, after typed_tables.sql. Rows stand in the order of their keys, so that
-- restic finds again what it has.
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET timezone = 'UTC';
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT
    format('SELECT %L', format('COPY typed_in.%I (%s) FROM stdin;', t.name, c.columns)),
    format('COPY (SELECT %s FROM %I WHERE %s ORDER BY %s) TO STDOUT', c.columns, t.name, t.condition, k.columns),
    $$SELECT '\.'$$
FROM (VALUES :tables) AS t(place, name, keeps, condition, wins)
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
    FROM pg_attribute WHERE attrelid = to_regclass(t.name) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
) AS c
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY array_position(i.indkey::smallint[], a.attnum)) AS columns
    FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::smallint[])
    WHERE i.indrelid = to_regclass(t.name) AND i.indisprimary
) AS k
ORDER BY t.place
\gexec
SELECT 'INSERT INTO typed_in.whole VALUES (true);';
COMMIT;
