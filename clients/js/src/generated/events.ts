// Made from idl/sluice.json by scripts/generate.mjs: do not edit.

import {
    getAdminNominatedDecoder,
    getBatchSettledDecoder,
    getChangeAppliedDecoder,
    getChangeCancelledDecoder,
    getChangeDroppedDecoder,
    getChangeScheduledDecoder,
    getEpochFinalizedDecoder,
    getFeesPaidDecoder,
    getLossAcknowledgedDecoder,
    getLossReportedDecoder,
    getPageMigratedDecoder,
    getPoolCreatedDecoder,
    getPoolMigratedDecoder,
    getPoolPausedDecoder,
    getPoolUnpausedDecoder,
    getRoleSetDecoder,
    getSlotClosedDecoder,
    getSolDepositedDecoder,
    getSolWithdrawnDecoder,
    getStakeCollectedDecoder,
    getStakeDelegatedDecoder,
    getStakeDepositedDecoder,
    getStakeObservedDecoder,
    getStakeReclaimedDecoder,
    getStakeUndelegatedDecoder,
    getStakeWithdrawnDecoder,
    getTicketCancelledDecoder,
    getTicketClaimedDecoder,
    getTicketTransferredDecoder,
    getUnstakeRequestedDecoder,
    getValidatorAddedDecoder,
    getValidatorEjectedDecoder,
    getValidatorReinstatedDecoder,
    getValidatorRetiredDecoder,
    getWeightSetDecoder,
    type AdminNominated,
    type BatchSettled,
    type ChangeApplied,
    type ChangeCancelled,
    type ChangeDropped,
    type ChangeScheduled,
    type EpochFinalized,
    type FeesPaid,
    type LossAcknowledged,
    type LossReported,
    type PageMigrated,
    type PoolCreated,
    type PoolMigrated,
    type PoolPaused,
    type PoolUnpaused,
    type RoleSet,
    type SlotClosed,
    type SolDeposited,
    type SolWithdrawn,
    type StakeCollected,
    type StakeDelegated,
    type StakeDeposited,
    type StakeObserved,
    type StakeReclaimed,
    type StakeUndelegated,
    type StakeWithdrawn,
    type TicketCancelled,
    type TicketClaimed,
    type TicketTransferred,
    type UnstakeRequested,
    type ValidatorAdded,
    type ValidatorEjected,
    type ValidatorReinstated,
    type ValidatorRetired,
    type WeightSet,
} from './types/index.js';

/** What the program says in the logs that it has done. */
export type SluiceEvent =
    | { name: 'adminNominated'; data: AdminNominated }
    | { name: 'batchSettled'; data: BatchSettled }
    | { name: 'changeApplied'; data: ChangeApplied }
    | { name: 'changeCancelled'; data: ChangeCancelled }
    | { name: 'changeDropped'; data: ChangeDropped }
    | { name: 'changeScheduled'; data: ChangeScheduled }
    | { name: 'epochFinalized'; data: EpochFinalized }
    | { name: 'feesPaid'; data: FeesPaid }
    | { name: 'lossAcknowledged'; data: LossAcknowledged }
    | { name: 'lossReported'; data: LossReported }
    | { name: 'pageMigrated'; data: PageMigrated }
    | { name: 'poolCreated'; data: PoolCreated }
    | { name: 'poolMigrated'; data: PoolMigrated }
    | { name: 'poolPaused'; data: PoolPaused }
    | { name: 'poolUnpaused'; data: PoolUnpaused }
    | { name: 'roleSet'; data: RoleSet }
    | { name: 'slotClosed'; data: SlotClosed }
    | { name: 'solDeposited'; data: SolDeposited }
    | { name: 'solWithdrawn'; data: SolWithdrawn }
    | { name: 'stakeCollected'; data: StakeCollected }
    | { name: 'stakeDelegated'; data: StakeDelegated }
    | { name: 'stakeDeposited'; data: StakeDeposited }
    | { name: 'stakeObserved'; data: StakeObserved }
    | { name: 'stakeReclaimed'; data: StakeReclaimed }
    | { name: 'stakeUndelegated'; data: StakeUndelegated }
    | { name: 'stakeWithdrawn'; data: StakeWithdrawn }
    | { name: 'ticketCancelled'; data: TicketCancelled }
    | { name: 'ticketClaimed'; data: TicketClaimed }
    | { name: 'ticketTransferred'; data: TicketTransferred }
    | { name: 'unstakeRequested'; data: UnstakeRequested }
    | { name: 'validatorAdded'; data: ValidatorAdded }
    | { name: 'validatorEjected'; data: ValidatorEjected }
    | { name: 'validatorReinstated'; data: ValidatorReinstated }
    | { name: 'validatorRetired'; data: ValidatorRetired }
    | { name: 'weightSet'; data: WeightSet };

/** Every event: its name, the bytes that it starts with, and how the rest is read. */
export const EVENTS = [
    { name: 'adminNominated', discriminator: [22, 247, 53, 33, 59, 59, 68, 112], decoder: getAdminNominatedDecoder() },
    { name: 'batchSettled', discriminator: [238, 14, 187, 192, 127, 95, 104, 9], decoder: getBatchSettledDecoder() },
    { name: 'changeApplied', discriminator: [226, 1, 224, 100, 192, 110, 58, 24], decoder: getChangeAppliedDecoder() },
    { name: 'changeCancelled', discriminator: [139, 179, 97, 81, 214, 21, 119, 93], decoder: getChangeCancelledDecoder() },
    { name: 'changeDropped', discriminator: [219, 20, 125, 78, 141, 253, 96, 134], decoder: getChangeDroppedDecoder() },
    { name: 'changeScheduled', discriminator: [204, 76, 7, 11, 15, 173, 202, 33], decoder: getChangeScheduledDecoder() },
    { name: 'epochFinalized', discriminator: [109, 54, 231, 81, 101, 249, 145, 107], decoder: getEpochFinalizedDecoder() },
    { name: 'feesPaid', discriminator: [71, 98, 195, 210, 40, 81, 73, 159], decoder: getFeesPaidDecoder() },
    { name: 'lossAcknowledged', discriminator: [103, 250, 76, 252, 163, 116, 232, 32], decoder: getLossAcknowledgedDecoder() },
    { name: 'lossReported', discriminator: [171, 113, 81, 216, 21, 218, 20, 91], decoder: getLossReportedDecoder() },
    { name: 'pageMigrated', discriminator: [156, 148, 199, 7, 241, 132, 181, 246], decoder: getPageMigratedDecoder() },
    { name: 'poolCreated', discriminator: [202, 44, 41, 88, 104, 220, 157, 82], decoder: getPoolCreatedDecoder() },
    { name: 'poolMigrated', discriminator: [250, 204, 24, 195, 37, 253, 152, 6], decoder: getPoolMigratedDecoder() },
    { name: 'poolPaused', discriminator: [228, 218, 62, 53, 29, 211, 159, 236], decoder: getPoolPausedDecoder() },
    { name: 'poolUnpaused', discriminator: [193, 202, 163, 157, 221, 87, 172, 100], decoder: getPoolUnpausedDecoder() },
    { name: 'roleSet', discriminator: [188, 56, 139, 81, 114, 65, 108, 196], decoder: getRoleSetDecoder() },
    { name: 'slotClosed', discriminator: [109, 68, 179, 247, 9, 111, 175, 85], decoder: getSlotClosedDecoder() },
    { name: 'solDeposited', discriminator: [111, 73, 30, 181, 111, 34, 200, 6], decoder: getSolDepositedDecoder() },
    { name: 'solWithdrawn', discriminator: [145, 249, 69, 48, 206, 86, 91, 66], decoder: getSolWithdrawnDecoder() },
    { name: 'stakeCollected', discriminator: [192, 45, 87, 101, 235, 145, 72, 6], decoder: getStakeCollectedDecoder() },
    { name: 'stakeDelegated', discriminator: [126, 201, 132, 208, 255, 188, 95, 225], decoder: getStakeDelegatedDecoder() },
    { name: 'stakeDeposited', discriminator: [69, 152, 144, 109, 232, 34, 225, 19], decoder: getStakeDepositedDecoder() },
    { name: 'stakeObserved', discriminator: [67, 119, 206, 26, 252, 255, 114, 57], decoder: getStakeObservedDecoder() },
    { name: 'stakeReclaimed', discriminator: [244, 109, 47, 182, 78, 136, 127, 203], decoder: getStakeReclaimedDecoder() },
    { name: 'stakeUndelegated', discriminator: [19, 56, 102, 140, 164, 15, 63, 30], decoder: getStakeUndelegatedDecoder() },
    { name: 'stakeWithdrawn', discriminator: [33, 120, 159, 58, 140, 255, 174, 79], decoder: getStakeWithdrawnDecoder() },
    { name: 'ticketCancelled', discriminator: [72, 122, 91, 222, 191, 190, 120, 193], decoder: getTicketCancelledDecoder() },
    { name: 'ticketClaimed', discriminator: [182, 233, 151, 84, 251, 36, 232, 88], decoder: getTicketClaimedDecoder() },
    { name: 'ticketTransferred', discriminator: [24, 154, 61, 145, 95, 79, 109, 70], decoder: getTicketTransferredDecoder() },
    { name: 'unstakeRequested', discriminator: [21, 253, 177, 85, 129, 206, 42, 152], decoder: getUnstakeRequestedDecoder() },
    { name: 'validatorAdded', discriminator: [67, 26, 43, 25, 58, 219, 99, 48], decoder: getValidatorAddedDecoder() },
    { name: 'validatorEjected', discriminator: [146, 114, 18, 92, 67, 226, 110, 167], decoder: getValidatorEjectedDecoder() },
    { name: 'validatorReinstated', discriminator: [60, 78, 217, 225, 98, 60, 36, 228], decoder: getValidatorReinstatedDecoder() },
    { name: 'validatorRetired', discriminator: [126, 6, 90, 210, 24, 129, 123, 209], decoder: getValidatorRetiredDecoder() },
    { name: 'weightSet', discriminator: [63, 119, 250, 191, 35, 232, 236, 59], decoder: getWeightSetDecoder() },
] as const;
