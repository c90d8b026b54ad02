-- What a pool owns at the end of a day, in lamports, and LST in existence: the last books of the day.
-- All events that change the books end with them, in 64 bytes. A day without such an event has no row:
-- nothing has changed since the row before.
WITH books AS (
    SELECT
        CAST(block_time AS DATE) AS day,
        bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, bytearray_length(data) - 63, 8)))
            + bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, bytearray_length(data) - 55, 8)))
            - bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, bytearray_length(data) - 47, 8))) AS full_lamports,
        bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, bytearray_length(data) - 7, 8))) AS lst_supply,
        ROW_NUMBER() OVER (
            PARTITION BY CAST(block_time AS DATE)
            ORDER BY block_slot DESC, tx_index DESC, line_index DESC
        ) AS from_last
    FROM query_EVENTS
    WHERE bytearray_substring(data, 9, 32) = from_base58('POOL_ADDRESS')
        AND discriminator IN (
        0xee0ebbc07f5f6809 /* BatchSettled */,
        0x6d36e75165f9916b /* EpochFinalized */,
        0xab7151d815da145b /* LossReported */,
        0xca2c295868dc9d52 /* PoolCreated */,
        0xfacc18c325fd9806 /* PoolMigrated */,
        0x6d44b3f7096faf55 /* SlotClosed */,
        0x6f491eb56f22c806 /* SolDeposited */,
        0x91f94530ce565b42 /* SolWithdrawn */,
        0xc02d5765eb914806 /* StakeCollected */,
        0x7ec984d0ffbc5fe1 /* StakeDelegated */,
        0x4598906de822e113 /* StakeDeposited */,
        0x1338668ca40f3f1e /* StakeUndelegated */,
        0x21789f3a8cffae4f /* StakeWithdrawn */,
        0xb6e99754fb24e858 /* TicketClaimed */,
        0x431a2b193adb6330 /* ValidatorAdded */
        )
)
SELECT day, full_lamports, lst_supply
FROM books
WHERE from_last = 1
ORDER BY day
