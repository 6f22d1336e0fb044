"""How long data is kept: the defaults of the settings, and what the site's About page promises."""

WORDS_HOURS = 48  # what people wrote, in the spool, in Kafka and in dead letters
COUNTS_DAYS = 30  # messages and people per second
NOTICES_DAYS = 90  # raids, gifts and the like, without people
RECAPS_DAYS = 400  # a stream's curve by the minute, its raids, its changes of title, what it felt and its viewers
VIEWER_CLIPS_DAYS = 400  # what viewers clipped, without who they are: as long as the recaps that show it
EMOTES_DAYS = 30  # uses of emotes per second
EMOTE_TOPIC_DAYS = 7  # the same in Kafka, for a Postgres that was away
VOICES_DAYS = 365  # what a visitor said of a moment or saved, and the cookie that says it is the same visitor
UPTIME_DAYS = 90  # which parts of the site were up, and when
