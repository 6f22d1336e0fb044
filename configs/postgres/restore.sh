#!/bin/sh
# Puts a dump (`pg_dump -Fc`, on standard input) in the place of the database while services run. It is loaded beside it,
# and only once it is whole do the two change names: a dump that is broken, or a full disk, changes nothing. What was
# there before stays as the database before_restore until the next restore. Runs in the database's container, as its
# superuser over the socket: restore.sh < backup.dump
set -eu
database=$POSTGRES_DB new=restored old=before_restore
export PGUSER="$POSTGRES_USER" PGDATABASE=postgres PGOPTIONS="-c client_min_messages=warning"
sql() { psql -qX -v ON_ERROR_STOP=1 -v database="$database" -v new=$new -v old=$old; }

undo() {
  echo "restore: nothing was changed, $database is as it was" >&2
  echo 'ALTER DATABASE :"database" ALLOW_CONNECTIONS true' | sql || true
  dropdb --if-exists --force $new || true
}
trap 'undo; exit 1' HUP INT TERM
trap 'undo' EXIT

dropdb --if-exists --force $new
createdb -T template0 -O owner $new
pg_restore -U owner --no-owner --exit-on-error -d $new
tables=$(psql -qXAt -d $new -c "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
[ "$tables" -gt 0 ] || { echo "restore: the dump is empty" >&2; exit 1; }
# So that the Discord bot posts nothing again that the dump's ledger does not know. When a dump was made is not known.
if [ "$(psql -qXAt -d $new -c "SELECT to_regclass('restores') IS NOT NULL")" = t ]; then
  echo "INSERT INTO restores (backup_at) VALUES ('-infinity')" | PGDATABASE=$new sql
fi
echo 'ANALYZE' | PGDATABASE=$new sql

dropdb --if-exists --force $old
# Whoever is logged in is sent away, and nobody comes back in between.
sql <<'SQL'
ALTER DATABASE :"database" ALLOW_CONNECTIONS false;
SELECT count(pg_terminate_backend(pid, 5000)) AS sessions FROM pg_stat_activity WHERE datname = :'database' \gset
BEGIN;
ALTER DATABASE :"database" RENAME TO :"old";
ALTER DATABASE :"new" RENAME TO :"database";
ALTER DATABASE :"old" ALLOW_CONNECTIONS true;
COMMIT;
SQL
trap - EXIT HUP INT TERM
echo "restored; what was there before is the database $old"
