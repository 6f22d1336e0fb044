INSERT INTO `{topic}` SELECT `key`, `value` FROM results WHERE topic = '{topic}'
