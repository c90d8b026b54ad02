// What the interface does not say: how addresses are derived, and which accounts of an instruction
// follow from the others.
import * as c from 'codama';

const bytes = (text) => c.constantPdaSeedNodeFromString('utf8', text);
const key = (name) => c.variablePdaSeedNode(name, c.publicKeyTypeNode());
const number = (name, format) => c.variablePdaSeedNode(name, c.numberTypeNode(format));

/** Name, seeds, and what the address is of. */
const PDAS = [
    ['pool', [bytes('pool'), key('mint')], 'A pool.'],
    ...[
        ['stakeAuthority', 'stake-authority', 'Staker and withdrawer of every stake account of a pool.'],
        ['mintAuthority', 'mint-authority', 'Mint authority of a pool, and owner of its escrow and fees.'],
        ['reserve', 'reserve', 'System account with the idle lamports of a pool.'],
        ['claimsVault', 'claims', 'System account with the lamports of settled batches.'],
        ['escrow', 'escrow', 'Token account with the LST in the queue.'],
        ['fees', 'fees', 'Token account with the reward fee until it is paid.'],
        ['history', 'history', 'The rates of the last epochs.'],
    ].map(([name, seed, docs]) => [name, [bytes(seed), key('pool')], docs]),
    ['page', [bytes('page'), key('pool'), number('pageIndex', 'u16')], 'A page of validators.'],
    ['marker', [bytes('validator'), key('pool'), key('vote')], 'The marker of a vote account.'],
    ['main', [bytes('main'), key('pool'), number('serial', 'u64')], 'The main stake account of a validator.'],
    ['transient', [bytes('transient'), key('pool'), number('serial', 'u64')], 'Its transient stake account.'],
    ['batch', [bytes('batch'), key('pool'), number('batchId', 'u64')], 'A batch of the queue.'],
    [
        'ticket',
        [bytes('ticket'), key('pool'), key('requester'), number('number', 'u64')],
        'A request in the queue.',
    ],
];

const ACCOUNTS = {
    pool: 'pool',
    rateHistory: 'history',
    validatorPage: 'page',
    marker: 'marker',
    unstakeBatch: 'batch',
    ticket: 'ticket',
};

const PROGRAMS = {
    stakeProgram: ['stake', 'Stake11111111111111111111111111111111111111'],
    systemProgram: ['system', '11111111111111111111111111111111'],
};
const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
const ASSOCIATED_TOKEN_PROGRAM = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL';

const address = (value) => c.constantPdaSeedNode(c.publicKeyTypeNode(), c.publicKeyValueNode(value));

/** The associated token account of one account of the instruction, for the mint of another. */
function associatedToken(owner) {
    const pda = c.pdaNode({
        name: 'associatedToken',
        programId: ASSOCIATED_TOKEN_PROGRAM,
        seeds: [key('owner'), address(TOKEN_PROGRAM), key('mint')],
    });
    return c.pdaValueNode(pda, [
        c.pdaSeedValueNode('owner', c.accountValueNode(owner)),
        c.pdaSeedValueNode('mint', c.accountValueNode('mint')),
    ]);
}

/** What holders mean where they do not say it, by instruction and account. */
const CHOICES = {
    depositSol: { recipient: associatedToken('depositor') },
    depositStake: { staker: c.accountValueNode('withdrawer'), recipient: associatedToken('withdrawer') },
    withdrawSol: { source: associatedToken('owner'), recipient: c.accountValueNode('owner') },
    withdrawStake: {
        source: associatedToken('owner'),
        recipient: c.accountValueNode('owner'),
        payer: c.accountValueNode('owner'),
    },
    requestUnstake: { owner: c.accountValueNode('requester'), payer: c.accountValueNode('requester') },
    payFees: { treasuryAccount: associatedToken('treasury') },
};

/** Adds addresses to the tree of an interface. */
export function addAddresses(codama) {
    const pdas = PDAS.map(([name, seeds, docs]) => c.pdaNode({ name, seeds, docs: [docs] }));
    codama.update(c.addPdasVisitor({ sluice: pdas }));
    codama.update(
        c.updateAccountsVisitor(
            Object.fromEntries(
                Object.entries(ACCOUNTS).map(([account, pda]) => [account, { pda: c.pdaLinkNode(pda) }]),
            ),
        ),
    );
    const instructions = codama.getRoot().program.instructions;
    codama.update(
        c.updateInstructionsVisitor(
            Object.fromEntries(instructions.map((node) => [node.name, defaults(node)])),
        ),
    );
}

/** The accounts of an instruction that follow from its other accounts and arguments. */
function defaults(instruction) {
    const names = new Set(instruction.accounts.map((account) => account.name));
    const known = new Set(instruction.arguments.map((argument) => argument.name));
    const accounts = {};
    const extra = {};
    for (const { name, isOptional } of instruction.accounts) {
        const chosen = CHOICES[instruction.name]?.[name];
        const derived = chosen ?? PROGRAMS[name] ?? PDAS.find(([pda]) => pda === name);
        if (!derived || isOptional) continue;
        if (chosen) accounts[name] = { defaultValue: chosen };
        else if (PROGRAMS[name])
            accounts[name] = { defaultValue: c.publicKeyValueNode(PROGRAMS[name][1], PROGRAMS[name][0]) };
        else
            derive(
                name,
                derived[1].filter((seed) => seed.kind === 'variablePdaSeedNode'),
            );
    }
    return { accounts, arguments: extra };

    function derive(name, seeds) {
        // Without these it is an address like any other: the caller knows it.
        const needed = seeds.filter((seed) => seed.type.kind === 'publicKeyTypeNode');
        if (!needed.every((seed) => names.has(seed.name))) return;
        // An existing ticket is named by its address: its requester is not recorded anywhere.
        if (name === 'ticket' && instruction.name !== 'requestUnstake') return;
        for (const seed of seeds.filter((seed) => !needed.includes(seed) && !known.has(seed.name))) {
            extra[seed.name] = { type: seed.type, docs: [EXTRA_DOCS[seed.name]] };
        }
        const values = seeds.map((seed) =>
            c.pdaSeedValueNode(
                seed.name,
                names.has(seed.name) ? c.accountValueNode(seed.name) : c.argumentValueNode(seed.name),
            ),
        );
        accounts[name] = { defaultValue: c.pdaValueNode(c.pdaLinkNode(name), values) };
    }
}

const EXTRA_DOCS = {
    pageIndex: 'Index of the page: its address follows from it.',
    serial: 'Serial of the slot: the addresses of its stake accounts follow from it.',
    batchId: 'Id of the batch: its address follows from it.',
};
