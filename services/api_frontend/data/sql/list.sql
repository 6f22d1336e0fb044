-- Fragments of the list's query, put together by api_frontend.data.lists.list_query: one source, the conditions that are asked
-- for, and the order. Every source has an index in that order, so a page is a walk from the cursor on, never a sort. A
-- fragment binds fields of the filter by their names. `!` tells aiosql that a fragment is no SELECT of its own.

-- name: public_moments()
SELECT m.crossed_at, m.moment_id FROM visible_moments m WHERE true

-- name: experimental_moments()
-- For operators, who are few.
SELECT m.crossed_at, m.moment_id FROM shown_moments m WHERE m.shadow

-- name: made_clips()
-- Experimental detectors get no clips. A clip may be recorded before its moment: whoever reads the moments of these
-- positions leaves out what is not there yet.
SELECT m.crossed_at, m.moment_id FROM visible_clips m WHERE m.status = 'made'

-- name: of_channel(channel_id)!
AND m.channel_id = :channel_id

-- name: crossed_from(begin_at)!
AND m.crossed_at >= :begin_at

-- name: crossed_before(before_at, before_id)!
AND (m.crossed_at, m.moment_id) < (:before_at, :before_id)

-- name: with_words(firm_words, words)!
-- The first line finds them in the index, the second is the condition.
AND m.places @@ to_tsquery('simple', :firm_words)
AND m.search @@ to_tsquery('simple', :words)

-- name: of_game(game)!
-- That it is no empty text says which index may be used.
AND m.game_name = :game AND m.game_name <> ''

-- name: of_language(language)!
AND m.language = :language AND m.language <> ''

-- name: rare(least_seconds)!
AND m.biggest_in_seconds >= :least_seconds

-- name: with_clip()!
-- In this form the planner takes it to be nearly always true, and walks; it is, for about half of the moments.
AND nullif(m.clip_status = 'made', false) IS NOT NULL

-- name: of_mood(mood)!
AND m.mood = :mood

-- name: of_cause(cause)!
AND m.causes[1] = :cause

-- name: newest_first(most)!
ORDER BY m.crossed_at DESC, m.moment_id DESC LIMIT :most
