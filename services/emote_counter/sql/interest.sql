-- What the counter reads of machine A's database.

-- name: wanted_channels()
-- Channels whose graph somebody has open: their open minutes are sent every two seconds. Only so many: whoever opens the
-- graphs of all channels must not make Postgres write all of them every two seconds. The others get whole minutes.
SELECT channel_id FROM emote_interest WHERE wanted_until > now()
ORDER BY wanted_until DESC, channel_id LIMIT 50;

-- name: opted_out_channels()
SELECT channel_id FROM opted_out;
