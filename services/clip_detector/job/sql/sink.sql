-- One topic of results: encoded records, delivered at least once.
CREATE TABLE `{topic}` (
    record_key STRING,
    record_value STRING
) WITH (
    'connector' = 'kafka',
    'topic' = '{topic}',
    'key.format' = 'raw',
    'key.fields' = 'record_key',
    'value.format' = 'raw',
    'value.fields-include' = 'EXCEPT_KEY',
    'sink.delivery-guarantee' = 'at-least-once',
    {options}
)
