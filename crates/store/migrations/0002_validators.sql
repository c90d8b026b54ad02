-- What an epoch of a validator was, pool or no pool.
CREATE TABLE validator_epochs (
    genesis TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    vote TEXT NOT NULL,
    identity TEXT NOT NULL,
    activated_stake_lamports BIGINT CHECK (activated_stake_lamports >= 0),
    -- of an epoch that is over
    credits BIGINT CHECK (credits >= 0),
    first_credits_epoch BIGINT CHECK (first_credits_epoch >= 0),
    commission_bps BIGINT CHECK (commission_bps >= 0),
    block_revenue_commission_bps BIGINT CHECK (block_revenue_commission_bps >= 0),
    has_bls_key BIGINT CHECK (has_bls_key IN (0, 1)),
    -- of an epoch that is over: what the collector of inflation rewards was paid for it, as far as it was
    -- the collector still when this was stored
    collected_lamports BIGINT CHECK (collected_lamports >= 0),
    -- 1 where that collector collects for several validators; NULL as long as nothing was collected
    collector_is_shared BIGINT CHECK (collector_is_shared IN (0, 1)),
    noted_commission_bps BIGINT CHECK (noted_commission_bps >= 0),
    -- one stake account of this validator: what it held, and what it was paid for this epoch
    sample_balance_lamports BIGINT CHECK (sample_balance_lamports >= 0),
    sample_reward_lamports BIGINT CHECK (sample_reward_lamports >= 0),
    delinquent BIGINT CHECK (delinquent IN (0, 1)),
    version TEXT,
    source TEXT NOT NULL,
    stored_timestamp BIGINT NOT NULL,
    PRIMARY KEY (genesis, epoch, vote)
);

CREATE INDEX validator_epochs_by_vote ON validator_epochs (genesis, vote, epoch);

-- What a cluster paid for an epoch.
CREATE TABLE cluster_epochs (
    genesis TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    stake_lamports BIGINT NOT NULL CHECK (stake_lamports >= 0),
    rewards_lamports BIGINT CHECK (rewards_lamports >= 0),
    -- a whole number of up to 39 digits
    points TEXT,
    source TEXT NOT NULL,
    stored_timestamp BIGINT NOT NULL,
    PRIMARY KEY (genesis, epoch)
);
