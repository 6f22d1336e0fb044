-- Bring what was loaded into typed_in into the tables, in the same transaction.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM typed_in.whole) THEN
        RAISE EXCEPTION 'the dump of what people typed is cut off';
    END IF;
END $$;

-- Moments whose voices change; their grades follow.
CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
SELECT DISTINCT moment_id FROM (
    (SELECT * FROM public.voices EXCEPT SELECT * FROM typed_in.voices)
    UNION ALL
    (SELECT * FROM typed_in.voices EXCEPT SELECT * FROM public.voices)
) AS changed;

SELECT format(
    'DELETE FROM public.%I AS known WHERE NOT EXISTS (SELECT FROM typed_in.%I AS came WHERE %s)',
    t.name, t.name, string_agg(format('came.%I = known.%I', a.attname, a.attname), ' AND ')
)
FROM (VALUES :tables) AS t(place, name, keeps, condition, wins)
JOIN pg_index AS i ON i.indrelid = format('public.%I', t.name)::regclass AND i.indisprimary
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::smallint[])
WHERE NOT t.keeps
GROUP BY t.place, t.name
ORDER BY t.place DESC
\gexec

SELECT format(
    'INSERT INTO public.%I AS known SELECT * FROM typed_in.%I ON CONFLICT (%s) DO UPDATE SET %s WHERE %s',
    t.name, t.name, k.columns, c.assignments, t.wins
)
FROM (VALUES :tables) AS t(place, name, keeps, condition, wins)
CROSS JOIN LATERAL (
    SELECT string_agg(format('%I = excluded.%I', attname, attname), ', ' ORDER BY attnum) AS assignments
    FROM pg_attribute
    WHERE attrelid = format('public.%I', t.name)::regclass AND attnum > 0 AND NOT attisdropped
) AS c
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(a.attname), ', ') AS columns
    FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::smallint[])
    WHERE i.indrelid = format('public.%I', t.name)::regclass AND i.indisprimary
) AS k
ORDER BY t.place
\gexec

SELECT public.count_voices(moment_id) FROM counted;
DROP SCHEMA typed_in CASCADE;
