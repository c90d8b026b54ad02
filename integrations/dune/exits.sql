-- Every exit out of a pool that paid: at once, with stake accounts, and of the queue, which takes no fee.
-- An exit through the queue counts when its ticket is paid; the LST of a ticket are in `UnstakeRequested`.
SELECT
    block_time,
    tx_id,
    line_index,
    'instant' AS kind,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 81, 8))) AS lamports,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 89, 8))) AS fee_lamports
FROM query_EVENTS
WHERE discriminator = 0x91f94530ce565b42 -- SolWithdrawn
    AND bytearray_substring(data, 9, 32) = from_base58('POOL_ADDRESS')
UNION ALL
SELECT
    block_time,
    tx_id,
    line_index,
    'stake' AS kind,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 177, 8))) AS lamports,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 185, 8))) AS fee_lamports
FROM query_EVENTS
WHERE discriminator = 0x21789f3a8cffae4f -- StakeWithdrawn
    AND bytearray_substring(data, 9, 32) = from_base58('POOL_ADDRESS')
UNION ALL
SELECT
    block_time,
    tx_id,
    line_index,
    'queue' AS kind,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 145, 8))) AS lamports,
    CAST(0 AS UINT256) AS fee_lamports
FROM query_EVENTS
WHERE discriminator = 0xb6e99754fb24e858 -- TicketClaimed
    AND bytearray_substring(data, 9, 32) = from_base58('POOL_ADDRESS')
ORDER BY block_time, tx_id, line_index
