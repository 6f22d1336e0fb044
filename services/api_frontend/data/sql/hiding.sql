-- name: hiding_state()
SELECT state FROM hiding_state;
