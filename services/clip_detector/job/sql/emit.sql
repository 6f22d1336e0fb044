INSERT INTO `{topic}` SELECT `key`, `value` FROM emissions WHERE topic = '{topic}'
