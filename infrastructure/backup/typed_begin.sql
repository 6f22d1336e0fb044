-- Before what typed_dump.sql made is loaded, in the same transaction.
CREATE SCHEMA typed_in;
CREATE TABLE typed_in.whole (is_whole boolean NOT NULL);
SELECT format('CREATE TABLE typed_in.%I (LIKE public.%I INCLUDING DEFAULTS)', t.name, t.name)
FROM (VALUES :tables) AS t(place, name, keeps, condition, wins)
ORDER BY t.place
\gexec
