-- Every deposit into a pool: of SOL, and of stake accounts. Amounts are lamports and smallest units of LST.
SELECT
    block_time,
    tx_id,
    line_index,
    'sol' AS kind,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 73, 8))) AS lamports,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 81, 8))) AS fee_lamports,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 89, 8))) AS charge_lamports,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 97, 8))) AS lst
FROM query_EVENTS
WHERE discriminator = 0x6f491eb56f22c806 -- SolDeposited
    AND bytearray_substring(data, 9, 32) = from_base58('POOL_ADDRESS')
UNION ALL
SELECT
    block_time,
    tx_id,
    line_index,
    'stake' AS kind,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 137, 8))) AS lamports,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 145, 8))) AS fee_lamports,
    CAST(0 AS UINT256) AS charge_lamports,
    bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 153, 8))) AS lst
FROM query_EVENTS
WHERE discriminator = 0x4598906de822e113 -- StakeDeposited
    AND bytearray_substring(data, 9, 32) = from_base58('POOL_ADDRESS')
ORDER BY block_time, tx_id, line_index
