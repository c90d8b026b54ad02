export * from './generated/index.js';
export { EVENTS, type SluiceEvent } from './generated/events.js';
export { KINDS, LAYOUT_VERSION, readAccount, type ReadOptions } from './accounts.js';
export { firstSlotOfEpoch, type Clock, type Cluster, type EpochSchedule } from './cluster.js';
export { batchSchedule, eta, exitSchedule, payableDates, secondsPerSlot, windowStart } from './dates.js';
export type { ExitSchedule, PayableDates } from './dates.js';
export { eventOf, eventsOf } from './events.js';
export { cancel, claim, stake, transferTicket, unstake, unstakeNow } from './holders.js';
export type { CancelInput, Slippage, StakeInput, UnstakeInput, UnstakeNowInput } from './holders.js';
export { closures, loadPool, loadPoolOfMint, loadPoolWithRates, prices, worth } from './pool.js';
export type { Closures, PoolView, Prices } from './pool.js';
export { pastPrices, type EpochPrices } from './pastPrices.js';
export { priced, type Priced, type PricingInput } from './pricing.js';
export {
    instantBuffer,
    minimum,
    quoteDepositStake,
    quoteStake,
    quoteUnstake,
    quoteUnstakeNow,
    quoteWithdrawStake,
} from './quotes.js';
export type { ExitQuote, StakeQuote, UnstakeQuote } from './quotes.js';
export { explain } from './explain.js';
export {
    land,
    type Fate,
    type LandOptions,
    type LandingRpc,
    type LandingStage,
    type SentTransaction,
} from './landing.js';
export { isTruncated } from './logs.js';
export { epochsOf } from './rates.js';
export { SluiceRefusal, type RefusalReason } from './refusal.js';
export { recipientAt, type Recipient, type RecipientOptions } from './recipients.js';
export { deactivateStake, depositStake, stakeRoute } from './stakeEntries.js';
export type { DepositStakeInput, StakeDeposit } from './stakeEntries.js';
export { planWithdrawStake, withdrawStake } from './stakeExits.js';
export type { StakeExitInput, StakeWithdrawal, WithdrawStakeInput } from './stakeExits.js';
export type { StakeExitPart, StakeExitPlan } from './stakeExitPlan.js';
export type { Preparation, StakeRoute } from './stakeRoutes.js';
export { CLAIMS_PER_TRANSACTION, claimsDue, isClaimable, isWorthItsFee } from './claims.js';
export type { ClaimsDue } from './claims.js';
export { requestedTickets, ticketView, tickets, ticketsAt } from './tickets.js';
export type { FoundTickets, TicketAccounts, TicketSearch, TicketState, TicketView } from './tickets.js';
export { tokenName, type TokenName } from './tokenMetadata.js';
export { tokenAccountOf, tokensIn, type Signing } from './tokens.js';
export { BATCH_OPENING_UNITS, unitsBeyondTrial } from './units.js';
export { readStakeAccount, stateOfDelegation } from './stakeProgram.js';
export type { Delegation, StakeAccount, StakeHistory, StakeState } from './stakeProgram.js';
export {
    SLOT_STATES,
    hasRoom,
    isBalanced,
    isLeaving,
    takesStake,
    validators,
    type Validator,
} from './validators.js';
export { apy, history, percent, yieldBetween, type Yield } from './yields.js';
export { verify, type Check, type CheckSubject, type Verification } from './verify.js';
export { marketQuote, quoteSourceUrl, type MarketInput, type MarketQuote } from './market.js';
export { movements, rewards } from './movements.js';
export type { EpochReward, Movement, MovementKind, Movements, MovementsRpc } from './movements.js';
