// projects/sluice/index.js of DefiLlama-Adapters: all that a pool of Sluice owns, in SOL.

const ADDRESSES = require('../helper/coreAssets.json')
const { getMultipleAccounts } = require('../helper/solana')

const PROGRAM = 'SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb'
// The pools that are meant: anybody can create one.
const POOLS = ['POOL_ADDRESS']

const POOL_DISCRIMINATOR = 'f19a6d0411b16dbc'
const FIRST_VERSION = 1
// Where the fields are, in every version of the program.
const VERSION_AT = 8
const STAKED_AT = 432
const RESERVE_AT = 440
const LOCKED_AT = 448
const LEAST_BYTES = 1152

// The pool's own books have everything: stake of all validators, also what activates or comes back, and
// idle SOL. What is owed to settled exits is no longer in it, so nothing counts twice.
function ownedLamports(account, address) {
  if (!account) throw new Error(`${address} does not exist`)
  if (String(account.owner) !== PROGRAM) throw new Error(`${address} is not an account of Sluice`)
  const { data } = account
  if (data.subarray(0, 8).toString('hex') !== POOL_DISCRIMINATOR) throw new Error(`${address} is no pool`)
  if (data.length < LEAST_BYTES) throw new Error(`${address} is cut off`)
  if (data[VERSION_AT] < FIRST_VERSION) throw new Error(`${address} must be migrated`)
  const field = (offset) => data.readBigUInt64LE(offset)
  return field(STAKED_AT) + field(RESERVE_AT) - field(LOCKED_AT)
}

async function tvl(api) {
  const accounts = await getMultipleAccounts(POOLS, { api })
  accounts.forEach((account, index) => {
    api.add(ADDRESSES.solana.SOL, ownedLamports(account, POOLS[index]).toString())
  })
}

module.exports = {
  timetravel: false,
  methodology: 'SOL that the pool owns by its own books: all stake, and SOL that is not staked. SOL of exits that were settled is not counted.',
  solana: { tvl },
}
