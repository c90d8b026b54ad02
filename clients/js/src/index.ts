export * from './generated/index.js';
export { EVENTS, type SluiceEvent } from './generated/events.js';
export { KINDS, LAYOUT_VERSION, readAccount } from './accounts.js';
export type { Clock, Cluster, EpochSchedule } from './cluster.js';
export { batchSchedule, eta, exitSchedule, payableDates, secondsPerSlot, windowStart } from './dates.js';
export type { ExitSchedule, PayableDates } from './dates.js';
export { eventOf, eventsOf } from './events.js';
export { cancel, claim, stake, transferTicket, unstake, unstakeNow } from './holders.js';
export type { Slippage, StakeInput, UnstakeInput, UnstakeNowInput } from './holders.js';
export { loadPool, loadPoolOfMint, prices } from './pool.js';
export type { PoolView, Prices } from './pool.js';
export {
    instantBuffer,
    quoteDepositStake,
    quoteStake,
    quoteUnstake,
    quoteUnstakeNow,
    quoteWithdrawStake,
} from './quotes.js';
export type { ExitQuote, StakeQuote, UnstakeQuote } from './quotes.js';
export { SluiceRefusal, explain, type RefusalReason } from './refusal.js';
export { depositStake, withdrawStake } from './stakeAccounts.js';
export type { DepositStakeInput, WithdrawStakeInput } from './stakeAccounts.js';
export { requestedTickets, ticketView, tickets, ticketsAt } from './tickets.js';
export type { TicketSearch, TicketState, TicketView } from './tickets.js';
export { tokenAccountOf, type Signing } from './tokens.js';
export { isBalanced, isLeaving, validators, type Validator } from './validators.js';
export { apy, epochsOf, history, yieldBetween, type Yield } from './yields.js';
