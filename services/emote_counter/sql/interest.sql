-- What the counter reads of machine A's database.

-- name: wanted_channels()
-- Channels whose graph somebody has open: their open minutes are sent every two seconds.
SELECT channel_id FROM emote_interest WHERE wanted_until > now();

-- name: opted_out_channels()
SELECT channel_id FROM opted_out;
