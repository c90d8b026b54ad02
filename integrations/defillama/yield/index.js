// src/adaptors/sluice/index.js of yield-server: what a pool of Sluice has earned, by the clock.

const axios = require('axios');
const utils = require('../utils');

const PROGRAM = 'SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb';
// The pool that is meant, its history account and its token.
const POOL = 'POOL_ADDRESS';
const HISTORY = 'HISTORY_ADDRESS';
const MINT = 'MINT_ADDRESS';
const SYMBOL = 'TOKEN_SYMBOL';

const RPC = process.env.SOLANA_RPC || 'https://api.mainnet-beta.solana.com';
const SOL = 'So11111111111111111111111111111111111111112';
const SOL_KEY = `solana:${SOL}`;
const LAMPORTS_PER_SOL = 1e9;
const YEAR_SECONDS = 365 * 86400;
// As far as a yield looks back: some three weeks of epochs of two days.
const EPOCHS = 10n;

const HISTORY_DISCRIMINATOR = '21edee5ced59627a';
const COUNT_AT = 12;
const NEXT_AT = 10;
const ENTRIES_AT = 48;
const ENTRY_BYTES = 56;
const ENTRIES = 180;

const getHistory = async () => {
  const { data } = await axios.post(RPC, {
    jsonrpc: '2.0',
    id: 1,
    method: 'getAccountInfo',
    params: [HISTORY, { encoding: 'base64' }],
  });
  const account = data?.result?.value;
  if (!account) throw new Error(`${HISTORY} does not exist`);
  if (account.owner !== PROGRAM) throw new Error(`${HISTORY} is not an account of Sluice`);
  return Buffer.from(account.data[0], 'base64');
};

// The entries of a history, oldest first. Those without a time are left out.
const entriesOf = (history) => {
  if (history.subarray(0, 8).toString('hex') !== HISTORY_DISCRIMINATOR) throw new Error(`${HISTORY} is no history`);
  if (history.length < ENTRIES_AT + ENTRIES * ENTRY_BYTES) throw new Error(`${HISTORY} is cut off`);
  const [next, count] = [history.readUInt16LE(NEXT_AT), history.readUInt16LE(COUNT_AT)];
  const entries = Array.from({ length: count }, (_, index) => {
    const place = (next + ENTRIES - count + index) % ENTRIES;
    const at = ENTRIES_AT + place * ENTRY_BYTES;
    const [full, supply] = [history.readBigUInt64LE(at + 8), history.readBigUInt64LE(at + 16)];
    return {
      epoch: history.readBigUInt64LE(at),
      fullLamports: Number(full),
      price: Number(full) / Number(supply),
      seconds: Number(history.readBigInt64LE(at + 48)),
    };
  });
  return entries.filter(({ seconds }) => seconds > 0);
};

// The growth of the price between the starts of two epochs, for a year: epochs have no fixed length.
const apyOf = (from, to) => {
  const years = (to.seconds - from.seconds) / YEAR_SECONDS;
  return ((to.price / from.price) ** (1 / years) - 1) * 100;
};

const apy = async () => {
  const [history, prices] = await Promise.all([
    getHistory(),
    utils.getPriceApiData(`/prices/current/${SOL_KEY}`),
  ]);
  const solPrice = prices.coins[SOL_KEY]?.price;
  if (!solPrice) throw new Error('Unable to fetch the price of SOL');
  const entries = entriesOf(history);
  const to = entries.at(-1);
  const from = entries.findLast(({ epoch }) => epoch + EPOCHS <= to.epoch);
  if (!from) throw new Error(`${HISTORY} has no ${EPOCHS} epochs yet`);

  return [
    {
      pool: MINT,
      chain: 'Solana',
      project: 'sluice',
      symbol: SYMBOL,
      tvlUsd: (to.fullLamports / LAMPORTS_PER_SOL) * solPrice,
      apyBase: apyOf(from, to),
      pricePerShare: to.price,
      underlyingTokens: [SOL],
      searchTokenOverride: MINT,
      isIntrinsicSource: true,
    },
  ].filter((pool) => utils.keepFinite(pool));
};

module.exports = { timetravel: false, apy };
