-- Every event of Sluice, one row each, from the logs. Save it on Dune as a query of its own: the others
-- read it as `query_EVENTS`, with its number in the place of EVENTS.
--
-- A line counts only where Sluice itself wrote it: other programs of the same transaction can log the
-- same bytes. `depth` is how many programs are running at a line, and `running` the one that is.
WITH transactions AS (
    SELECT DISTINCT block_time, block_slot, tx_index, tx_id, log_messages
    FROM solana.instruction_calls
    WHERE executing_account = 'SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb'
        AND tx_success
        AND block_time >= TIMESTAMP '2026-01-01'
),
lines AS (
    SELECT
        block_time,
        block_slot,
        tx_index,
        tx_id,
        line,
        line_index,
        CASE WHEN regexp_like(line, '^Program \w+ invoke \[\d+\]$')
            THEN regexp_extract(line, '^Program (\w+) invoke', 1)
        END AS invoked,
        regexp_like(line, '^Program \w+ (success$|failed: )') AS is_end
    FROM transactions
    CROSS JOIN UNNEST(log_messages) WITH ORDINALITY AS unnested (line, line_index)
),
nested AS (
    SELECT
        *,
        SUM(CASE WHEN invoked IS NOT NULL THEN 1 WHEN is_end THEN -1 ELSE 0 END)
            OVER (PARTITION BY tx_id ORDER BY line_index) AS depth
    FROM lines
),
attributed AS (
    SELECT
        *,
        LAST_VALUE(invoked) IGNORE NULLS
            OVER (PARTITION BY tx_id, depth ORDER BY line_index) AS running
    FROM nested
    WHERE NOT is_end
)
SELECT
    block_time,
    block_slot,
    tx_index,
    tx_id,
    line_index,
    bytearray_substring(from_base64(regexp_extract(line, '^Program data: (\S+)$', 1)), 1, 8) AS discriminator,
    from_base64(regexp_extract(line, '^Program data: (\S+)$', 1)) AS data
FROM attributed
WHERE running = 'SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb'
    AND regexp_like(line, '^Program data: \S+$')
