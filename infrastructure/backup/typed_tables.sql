-- The tables of what people typed and of the ledgers, parents first. `keeps`: rows that the backup does not have stay
-- (a ledger, of which only the time since the last full backup is dumped), or go (what was taken back). `condition`:
-- which rows are dumped. `wins`: when a row of the backup replaces the one that is there.
SELECT $tables$
    (1, 'opt_outs', true, 'true', 'excluded.changed_at >= known.changed_at'),
    (2, 'voices', false, 'true', 'true'),
    (3, 'visitor_key', false, 'true', 'true'),
    (4, 'reports', false, 'true', 'true'),
    (5, 'channel_requests', false, 'true', 'true'),
    (6, 'hidden_moments', false, 'true', 'true'),
    (7, 'discord_guilds', false, 'true', 'true'),
    (8, 'discord_streamers', false, 'true', 'true'),
    (9, 'discord_follows', false, 'true', 'true'),
    (10, 'discord_pauses', false, 'true', 'true'),
    (11, 'discord_messages', true,
        'greatest(intended_at, settled_at, edited_at) > coalesce((SELECT good_at FROM backups WHERE kind = ''full''), ''-infinity'') - interval ''1 hour''',
        'true'),
    (12, 'clips', true,
        'recorded_at > coalesce((SELECT good_at FROM backups WHERE kind = ''full''), ''-infinity'') - interval ''1 hour''',
        'excluded.revision_number > known.revision_number'),
    (13, 'twitch_consents', false, 'true', 'true'),
    (14, 'night_choices', false, 'true', 'true'),
    (15, 'own_clips', true,
        'greatest(intended_at, settled_at) > coalesce((SELECT good_at FROM backups WHERE kind = ''full''), ''-infinity'') - interval ''1 hour''',
        'known.settled_at IS NULL')
$tables$ AS tables
\gset
