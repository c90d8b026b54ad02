-- Whole numbers, as the chain has them: lamports, smallest units of the LST, seconds since 1970.
-- Addresses, hashes and signatures in base58. What is NULL is not known.
-- `source` is the keeper that wrote a row, `stored_timestamp` the cluster's clock when it did.

-- What a pool was when it was priced for an epoch.
CREATE TABLE pool_epochs (
    genesis TEXT NOT NULL,
    pool TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    -- zero where it is not known
    epoch_start_timestamp BIGINT NOT NULL,
    -- deposit price: full_lamports / supply_lst; exit price: value_lamports / supply_lst
    full_lamports BIGINT NOT NULL CHECK (full_lamports >= 0),
    value_lamports BIGINT CHECK (value_lamports >= 0),
    supply_lst BIGINT NOT NULL CHECK (supply_lst >= 0),
    gain_lamports BIGINT NOT NULL CHECK (gain_lamports >= 0),
    fee_lamports BIGINT NOT NULL CHECK (fee_lamports >= 0),
    fee_kept_lamports BIGINT NOT NULL CHECK (fee_kept_lamports >= 0),
    -- what the value fell by, as far as it was booked when this was stored
    fallen_lamports BIGINT CHECK (fallen_lamports >= 0),
    -- the slot in which it was priced
    priced_slot BIGINT CHECK (priced_slot >= 0),
    source TEXT NOT NULL,
    stored_timestamp BIGINT NOT NULL,
    PRIMARY KEY (genesis, pool, epoch)
);

-- What an epoch paid for the stake of a pool with a validator.
CREATE TABLE pool_validators (
    genesis TEXT NOT NULL,
    pool TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    vote TEXT NOT NULL,
    active_lamports BIGINT NOT NULL CHECK (active_lamports >= 0),
    paid_lamports BIGINT NOT NULL CHECK (paid_lamports >= 0),
    source TEXT NOT NULL,
    stored_timestamp BIGINT NOT NULL,
    PRIMARY KEY (genesis, pool, epoch, vote)
);

-- What a keeper did. A transaction with several steps has a row for each, and its cost in the first.
CREATE TABLE keeper_actions (
    genesis TEXT NOT NULL,
    keeper TEXT NOT NULL,
    pool TEXT NOT NULL,
    -- microseconds since 1970 by the keeper's clock, each once
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    signature TEXT,
    fee_lamports BIGINT CHECK (fee_lamports >= 0),
    -- negative where rent came back
    rent_lamports BIGINT,
    PRIMARY KEY (genesis, keeper, pool, number)
);
