-- A store as a keeper of version 1 left it: never edited.

CREATE TABLE pool_epochs (
    genesis TEXT NOT NULL,
    pool TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    epoch_start_timestamp BIGINT NOT NULL,
    full_lamports BIGINT NOT NULL CHECK (full_lamports >= 0),
    value_lamports BIGINT CHECK (value_lamports >= 0),
    supply_lst BIGINT NOT NULL CHECK (supply_lst >= 0),
    gain_lamports BIGINT NOT NULL CHECK (gain_lamports >= 0),
    fee_lamports BIGINT NOT NULL CHECK (fee_lamports >= 0),
    fee_kept_lamports BIGINT NOT NULL CHECK (fee_kept_lamports >= 0),
    fallen_lamports BIGINT CHECK (fallen_lamports >= 0),
    priced_slot BIGINT CHECK (priced_slot >= 0),
    source TEXT NOT NULL,
    stored_timestamp BIGINT NOT NULL,
    PRIMARY KEY (genesis, pool, epoch)
);

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

CREATE TABLE keeper_actions (
    genesis TEXT NOT NULL,
    keeper TEXT NOT NULL,
    pool TEXT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    signature TEXT,
    fee_lamports BIGINT CHECK (fee_lamports >= 0),
    rent_lamports BIGINT,
    PRIMARY KEY (genesis, keeper, pool, number)
);
CREATE TABLE sluice_store_versions (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BYTES NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO sluice_store_versions (version, description, success, checksum, execution_time)
VALUES (1, 'pools', TRUE, HEX'2b07cb87a7cb0afcd6fec6d70a5b0414c041919af3d604e427fb0130aad6fc5da4114638c7726f60169ea65fba4bca63', 1);
INSERT INTO pool_epochs (
    genesis, pool, epoch, epoch_start_timestamp, full_lamports, supply_lst, gain_lamports, fee_lamports,
    fee_kept_lamports, source, stored_timestamp
) VALUES (
    'GENESIS', 'POOL', 5, 1600000000, 1000000000005, 900000000000, 300, 20, 10, 'somebody', 1700000000
);
