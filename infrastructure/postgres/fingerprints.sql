-- Fingerprints of the secrets that both machines have to have alike, kept as settings of the database: machine A's role
-- setup writes them, and whoever logs in may read them. They are salted and slow to compute (shared_secrets.py).

-- name: statement(name, fingerprint)$
-- The statement that keeps a secret's fingerprint, for the caller to run.
SELECT format('ALTER DATABASE %%I SET %%I.%%I = %%L', current_database(), 'fingerprint', :name::text, :fingerprint::text);

-- name: known(name)$
-- Empty where A has none yet.
SELECT coalesce(current_setting('fingerprint.' || :name::text, true), '');
