-- Both prices of a pool at the start of every epoch, and the yield by the clock since the epoch before.
-- `full` is what a new LST costs, `value` what one that leaves gets: rewards of the epoch drip until its end.
WITH finalized AS (
    SELECT
        bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 41, 8))) AS epoch,
        bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 49, 8))) AS epoch_start,
        bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 162, 8)))
            + bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 170, 8)))
            - bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 178, 8))) AS full_lamports,
        bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 186, 8)))
            + bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 210, 8))) AS unreleased_lamports,
        bytearray_to_uint256(bytearray_reverse(bytearray_substring(data, 218, 8))) AS lst_supply
    FROM query_EVENTS
    WHERE discriminator = 0x6d36e75165f9916b -- EpochFinalized
        AND bytearray_substring(data, 9, 32) = from_base58('POOL_ADDRESS')
),
priced AS (
    SELECT
        epoch,
        epoch_start,
        full_lamports,
        lst_supply,
        CAST(full_lamports AS DOUBLE) / CAST(lst_supply AS DOUBLE) AS deposit_price,
        CAST(full_lamports - unreleased_lamports AS DOUBLE) / CAST(lst_supply AS DOUBLE) AS exit_price
    FROM finalized
),
compared AS (
    SELECT
        *,
        LAG(deposit_price) OVER (ORDER BY epoch) AS price_before,
        LAG(epoch_start) OVER (ORDER BY epoch) AS start_before
    FROM priced
)
SELECT
    epoch,
    epoch_start,
    full_lamports,
    lst_supply,
    deposit_price,
    exit_price,
    -- Zero is the time that is not known.
    CASE WHEN start_before > CAST(0 AS UINT256) AND epoch_start > start_before
        THEN POWER(
            deposit_price / price_before,
            31536000e0 / CAST(epoch_start - start_before AS DOUBLE)
        ) - 1e0
    END AS apy
FROM compared
ORDER BY epoch
