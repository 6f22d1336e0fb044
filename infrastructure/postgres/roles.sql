-- The roles, made and repaired by `python -m service_runtime.role_setup` as the superuser, over the server's own socket.
-- What each may do with which table is in rights.sql; from where each may log in, in configs/postgres/pg_hba.conf.

-- name: make_roles#
DO $$
DECLARE
    role text;
    change text;
BEGIN
    FOREACH role IN ARRAY ARRAY[
        'owner',  -- owns the tables and migrates them; no service logs in as it
        'api_frontend',
        'recorder',  -- and its command recorder.opt_out
        'stream_monitoring',
        'chooser',  -- the instance of stream_monitoring that decides which channels are watched
        'watcher',
        'status',  -- `make status`
        'emote_counter',
        'discord_bot',
        'backup',  -- pg_dump
        'exporter'  -- figures about the server
    ] LOOP
        IF to_regrole(role) IS NULL THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role);
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
    END LOOP;
    GRANT pg_read_all_data TO backup;
    GRANT pg_monitor TO exporter;

    -- By default everyone may connect to every database, and create temporary tables there.
    REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('ALTER DATABASE %I OWNER TO owner', current_database());

    -- What was created while the superuser still migrated.
    FOR change IN
        SELECT format('ALTER TABLE %s OWNER TO owner', oid::regclass) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND relowner <> 'owner'::regrole
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO owner', oid::regprocedure) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner <> 'owner'::regrole
    LOOP
        EXECUTE change;
    END LOOP;
END
$$;

-- name: login_roles()
SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper ORDER BY rolname;

-- name: password_statement(role, verifier)$
-- The statement that sets a role's password, for the caller to run.
SELECT format('ALTER ROLE %%I PASSWORD %%L', :role::text, :verifier::text);
