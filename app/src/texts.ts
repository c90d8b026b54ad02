// Every sentence of the page, in English. Another language is another file like this one.

export const texts = {
    title: 'Sluice',
    tabs: {
        stake: 'Stake',
        leave: 'Leave',
        tickets: 'Tickets',
        pool: 'Pool',
        history: 'History',
        node: 'Node',
    },
    skip: 'To the content',
    navigation: 'Pages',
    loading: 'Reading the pool …',
    elsewhere: (pool: string, node: string) =>
        `Another tab of this browser has chosen the pool ${pool} at ${node}. This tab stays with its own until you load it ` +
        'anew: then it has that one, too.',
    glance: {
        label: 'The pool at a glance',
        deposit: 'Deposit price',
        exit: 'Exit price',
        apy: (epochs: bigint) => `APY, ${epochs} ${epochs === 1n ? 'epoch' : 'epochs'}`,
        epochYield: 'Yield of an epoch',
        none: 'not yet',
        yours: (lst: string, now: string, later: string) =>
            `You have ${lst}, worth ${now} now and ${later} in about an epoch, before fees.`,
        stale:
            'A new epoch has begun, and these are the prices of the one before. Who stakes or leaves now sets the new ones ' +
            'in the same transaction.',
        tripped: (epoch: string) =>
            'The breaker has tripped: after an abnormal loss, deposits and exits at once are closed until the admin ' +
            `acknowledges the loss, or until epoch ${epoch} at the latest. The queue and claims are open.`,
        paused: (epoch: string) =>
            `The guardian has paused deposits until epoch ${epoch}. Every way out is open.`,
    },
    wallet: {
        connect: 'Connect a wallet',
        with: (name: string) => `Connect ${name}`,
        disconnect: 'Disconnect',
        connected: (name: string, address: string) => `${name}: ${address}`,
        none:
            'No wallet is in this browser. Install one that supports the Wallet Standard. On a phone, open this ' +
            'page in the browser inside your wallet’s app.',
        first: 'Connect a wallet first.',
        refused: 'You declined in the wallet. Nothing was sent.',
        refusedNext: 'Ask again whenever you like.',
        failed: (why: string) => `The wallet said: ${why}. Nothing was sent.`,
        wrongChain: (chain: string) => `The account in the wallet is not for ${chain}, where this pool is.`,
        wrongChainNext: 'Choose that cluster in the wallet, or another node on the page “Node”.',
        otherAccount: 'The wallet shows another account than the one this was checked for. Nothing was sent.',
        changed: 'The wallet answered another transaction than the one that was asked for. Nothing was sent.',
    },
    amounts: {
        sol: 'Amount in SOL',
        lst: 'Amount in LST',
        max: 'Max',
        none: 'Type an amount such as 12.5, with nine decimals at most.',
        balance: (text: string) => `You have ${text}`,
        tooMuch: (has: string, asked: string) => `You have ${has}, less than ${asked}.`,
        kept: (text: string) => `Max leaves ${text} for fees and the rent of your token account.`,
    },
    pricing: {
        first:
            'The pool is not priced for this epoch yet. Your transaction does that first, with the same signature. ' +
            'The amounts here are those at the new prices.',
        firstOfTwo:
            'The pool is not priced for this epoch yet. “Now” and “As a stake account” do that first, with the same ' +
            'signature: their amounts are those at the new prices. The queue prices nothing: its amounts are those at the ' +
            'prices of the epoch before, and it is paid by later ones.',
        connect:
            'The pool is not priced for this epoch yet. Your transaction can do that first. Connect a wallet to see ' +
            'what you would get.',
        note: 'It also prices the pool for this epoch, for all holders.',
        tooLarge: 'The pool has too many validators to be priced in the same transaction.',
    },
    stake: {
        title: 'Stake SOL',
        intro:
            'You give SOL and get LST, the token of this pool. Its validators earn rewards with the SOL, so each LST is worth ' +
            'more with every epoch (on mainnet, about two days). You can leave at any time, on the page “Leave”.',
        gets: 'You get',
        least: 'At least',
        fee: 'Deposit fee',
        charge: 'Entry charge, one epoch’s reward at most',
        worth: 'Worth now, before the fee of an exit',
        drips: 'Yours once it has dripped, in about an epoch',
        review: 'Check the deposit',
        what: (amount: string) => `Stake ${amount}`,
    },
    leave: {
        title: 'Leave the pool',
        intro: 'You give LST back and get SOL. Type an amount to compare the ways.',
        queueNote: 'You get a ticket now, and claim its SOL on the page “Tickets” once it is paid.',
        nowNote: 'The SOL comes with this transaction, as far as the buffer goes.',
        queue: 'Queue',
        now: 'Now',
        stake: 'As a stake account',
        market: 'Market',
        marketAsked: 'Asking the market …',
        marketFrom: 'As quoted by',
        marketLeast: 'At least, within 0.1%',
        marketNote:
            'The page does not sell for you, and signs nothing of the market. Where you sell, look that it pays as much.',
        marketNext: 'The page “Node” has its URL. The other ways need no market.',
        cheapest: 'cheapest',
        fastest: 'fastest',
        gets: 'You get',
        least: 'At least',
        about: 'You get, by the price of now',
        range: 'Once it is paid, between',
        from: 'Paid from',
        until: 'At the latest',
        untilNote: 'if nothing is more than an epoch late',
        fee: 'Fee',
        noFee: 'none',
        buffer: 'The buffer has',
        validator: 'Validator',
        rest: 'Stays LST in your wallet',
        and: 'and',
        afterwards: 'You get active stake, which you can move or deactivate yourself.',
        cancelNote:
            'A ticket can be cancelled for some time, on the page “Tickets”. Nobody can close the queue.',
        nothing: 'No validator can give this amount as stake now.',
        reviewQueue: 'Check the request',
        reviewNow: 'Check the exit',
        reviewStake: 'Check the stake account',
        whatQueue: (amount: string) => `Ask the queue for ${amount}`,
        whatNow: (amount: string) => `Leave at once with ${amount}`,
        whatStake: (amount: string) => `Take a stake account for ${amount}`,
    },
    tickets: {
        title: 'Your tickets',
        none: 'You have no tickets. A request in the queue makes one.',
        byNumber:
            'This node has no index of accounts: shown are the tickets that you requested in the last 16 epochs, ' +
            'not those that others gave to you.',
        states: { open: 'can be cancelled', locked: 'waits', partly_paid: 'paid in part', paid: 'paid' },
        claimable: 'To claim',
        claimed: 'Claimed',
        expected: 'About',
        dates: 'Paid',
        claimAll: (count: number) => (count === 1 ? 'Check the claim' : `Check the claim of ${count}`),
        whatClaim: (count: number) => (count === 1 ? 'Claim a ticket' : `Claim ${count} tickets`),
        cancel: 'Cancel',
        whatCancel: (amount: string) => `Cancel the ticket of ${amount}`,
        give: 'Give away',
        giveTo: 'Address of the new owner',
        whatGive: (amount: string, to: string) => `Give the ticket of ${amount} to ${to}`,
        lacks: (amount: string) => `A claim needs ${amount} more in your wallet`,
        inParts: (left: number) => `${left} more fit in the next transaction.`,
        gets: 'You get',
        claim: 'Claim',
        dust: (count: number) =>
            (count === 1
                ? 'A ticket that another made for you is left out'
                : `${count} tickets that others made for you are left out`) +
            ': they pay you less than the fee of a claim.',
    },
    pool: {
        title: 'The pool',
        chartExit: 'Exit price',
        chartNow: 'Exit price now',
        chartEpoch: (epoch: string) => `epoch ${epoch}`,
        chartReading: 'Your node is asked for earlier exit prices.',
        chartExitText: (epoch: string) =>
            `Exit prices are known from epoch ${epoch} on, from the transactions that priced the epochs. Each is that of ` +
            'the moment when the epoch’s reward was booked, before it dripped; it then rises to the deposit price.',
        chartNoExits:
            'The pool’s own record has no exit prices, and your node no longer has the transactions that tell them, so ' +
            'none are drawn but that of now.',
        chartNone: 'The chart needs two epochs.',
        chartText: (first: string, last: string, from: string, to: string) =>
            `From epoch ${first} to epoch ${last} the deposit price went from ${from} to ${to} SOL.`,
        apy: (epochs: number) => `APY over ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
        epochYield: (epochs: number) =>
            `Yield of an epoch, over ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
        epochYieldExplained:
            'What an epoch brought, after all fees: the mean growth of the deposit price from the start of one epoch to ' +
            'that of the next. Epochs of this cluster are too short to tell of a year. It is the past and no promise.',
        apyExplained:
            'A year of the same, with rewards compounded, after all fees: the growth of the deposit price between ' +
            'the starts of two epochs, by the cluster’s clock. It is the past and no promise.',
        holds: 'Owns',
        supply: 'LST',
        reserve: 'Reserve',
        buffer: 'Buffer of instant exits',
        queued: 'In the queue',
        staked: 'Stake',
        fees: 'Fees',
        feeNames: {
            rewardFeeBps: 'Of rewards',
            depositFeeBps: 'Of deposits',
            instantFeeMinBps: 'Instant exit, full reserve',
            instantFeeMaxBps: 'Instant exit, empty reserve',
            stakeExitFeeBps: 'Exit with stake, at least',
        },
        roles: 'Who may change what',
        roleNames: {
            admin: 'Admin: roles and configuration',
            nominatedAdmin: 'Nominated to follow as admin',
            curator: 'Curator: validators',
            guardian: 'Guardian: pauses',
            treasury: 'Treasury: gets the fees',
        },
        changes: 'Changes that wait',
        noChanges: 'No change of a parameter waits.',
        change: (name: string, value: string, epoch: string) => `${name} becomes ${value} in epoch ${epoch}.`,
        validators: 'Where the stake is',
        validator: 'Validator',
        part: 'Share',
        state: 'State',
        states: { empty: 'empty', active: 'active', retiring: 'retires', ejected: 'ejected' },
        concentration: (largest: string, ten: string) =>
            `The largest has ${largest} of the pool’s stake, the ten largest ${ten}.`,
    },
    identity: {
        name: 'Name of the token',
        symbol: 'Symbol',
        mint: 'Mint of the LST',
        pool: 'Address of the pool',
        note: 'Anybody can call a token anything: compare the addresses with a source that you trust.',
        called: (symbol: string, pool: string) =>
            symbol === '' ? `Pool ${pool}` : `${symbol}, pool ${pool}`,
    },
    verify: {
        title: 'Does the book add up?',
        explained:
            'Your browser reads the raw accounts from your node and compares them with what the pool says. ' +
            '“sluice pool verify” compares more.',
        button: 'Verify',
        running: 'Comparing …',
        good: 'All of this adds up.',
        bad: 'This does not add up:',
        compared: 'Compared',
        expected: 'Expected',
        verdict: 'Verdict',
        unpriced: 'The pool is not priced for this epoch: sums of stake are compared once it is.',
        subjects: {
            addresses: 'All addresses are the pool’s own',
            mint: 'Only the program mints, nobody freezes',
            supply: 'No more LST exist than the price counts',
            reserve: 'The reserve has what is booked',
            escrow: 'The queue’s LST are there',
            claims: 'Tickets can be paid',
            validators: 'Each validator is counted once',
            staked: 'Stake accounts add up to the pool’s stake',
            'stake-accounts': 'Each stake account is the pool’s alone, and has what is booked',
            backing: 'All of it backs the price',
        },
        found: 'Found',
        verdicts: { ok: 'ok', fail: 'does not hold' },
        slot: (slot: string) => `At slot ${slot}.`,
    },
    history: {
        title: 'Your history',
        read: 'Read my history',
        reading: 'Reading your transactions …',
        none: 'There is no deposit or exit of this account in this pool.',
        kind: 'What',
        when: 'When',
        lst: 'LST',
        sol: 'SOL',
        kinds: {
            stake: 'Staked',
            stakeAccount: 'Stake account in',
            queue: 'Into the queue',
            cancelled: 'Cancelled',
            given: 'Ticket given away',
            instant: 'Left at once',
            withStake: 'Left with stake',
            claimed: 'Claimed',
            transfer: 'Came or went without the pool',
        },
        csv: 'Save as CSV',
        rewards: 'Rewards per epoch',
        epoch: 'Epoch',
        reward: 'Reward, by the deposit price',
        incomplete: 'The node does not tell all of your transactions: some may be missing.',
        knownFrom: (epoch: string) =>
            `What your node tells is known from epoch ${epoch} on. What you had when it began, and before, is not known: ` +
            'those epochs are left out. Tickets that you requested before it are not counted. A node that keeps its whole history ' +
            'tells more.',
        note:
            'What you had of LST in this wallet and in the tickets that you requested, until they are settled, times what the ' +
            'price rose. LST that came or went without the pool count from then, or until then.',
    },
    node: {
        title: 'Which node, which pool',
        why:
            'A node is a computer that knows all of Solana. This page asks one; your browser lets it ask nobody else. The public nodes refuse web ' +
            'pages, so it needs the URL of one that you have access to: your own, or a provider’s. It is kept in this ' +
            'browser only.',
        believed:
            'A node can invent what it answers. Name one that you trust. What you sign is bounded all the same: you ' +
            'never get less than the transaction says.',
        phone: 'On a phone, open this page in the browser inside your wallet’s app.',
        url: 'URL of the node',
        pool: 'Address of the pool',
        use: 'Use these',
        proposed: 'A link has proposed this. Use it only if you trust who gave it to you.',
        badProposal:
            'The link proposes what is no address of a pool, or no URL of a node that this page may ask. Nothing is changed: ask ' +
            'for another link.',
        keep: 'Keep the node and the pool that you have',
        market: 'What a market pays (optional)',
        marketWhy:
            'The page “Leave” can also show what a market pays. For that it asks a source of quotes with Jupiter’s ' +
            'interface, which then sees your internet address and the amounts that you type there. Nobody is asked while ' +
            'this is empty.',
        quotes: 'URL of the quote source',
        badQuotes: 'The URL of the quote source begins with https://.',
        badUrl: 'The URL begins with https://, or with http://127.0.0.1 for a node on this machine. It names one host, and no password.',
        badPool: 'This is no address.',
        notKept: 'This browser cannot keep that: its storage is full or forbidden.',
    },
    action: {
        preparing: 'Asking the node what would happen …',
        changed: 'Something below has changed since you looked. Nothing is signed yet: look again.',
        late:
            'While your wallet was open, an epoch began or a batch of the queue locked. What you signed was not sent, and ' +
            'never will be. Look again, and sign this in its place.',
        simulated: 'The node has tried it, and it works. Nothing is signed yet.',
        rent: 'Rent of new accounts, which is yours when they close',
        rentBack: 'Rent that comes back',
        networkFee: 'Network fee',
        priorityFee: 'of which priority fee',
        solAfter: 'Your SOL afterwards',
        lstAfter: 'Your LST afterwards',
        pool: 'Pool',
        sign: 'Sign in the wallet',
        signing: 'Your wallet asks you …',
        back: 'Back',
    },
    landing: {
        title: 'Transactions',
        sending: 'Sent, again and again, until a block has it …',
        confirmed: 'In a block. It becomes final in some seconds …',
        confirmedFailed: 'In a block, where it failed. This becomes final in some seconds …',
        overdue:
            'Not confirmed: its time seems to be over, and it is in no block. The node is asked on for five minutes ' +
            'after the signing. Do not repeat it before.',
        landed: 'Done, and final.',
        failed: 'It failed on the cluster. Only the fee was paid. You can try again.',
        expired: 'It never arrived, and never can. You can try again.',
        unknown:
            'Its time is over, and your node keeps no blocks of that time. Look it up by its signature, or ask another node.',
        unasked:
            'Signed in this browser, and its fate is not known: the page cannot ask your node. It may arrive, or have ' +
            'arrived. Do not repeat it before its fate is known. Name another node, or look it up by its signature.',
        notKept: 'This browser cannot keep what you sign, so nothing was sent.',
        notKeptNext:
            'Its storage is full or forbidden. Let this page store data, or remove what others have stored; then try again.',
        signature: 'Signature',
        dismiss: 'Dismiss',
        forget: 'Forget it',
    },
    errors: {
        unreachable: 'The node does not answer.',
        unreachableNext:
            'Look whether its URL is right and whether it lets web pages ask. The page “Node” changes it.',
        refuses: (status: number) => `The node refuses this page (HTTP ${status}).`,
        refusesNext: 'Public nodes refuse web pages or limit them. Name another node on the page “Node”.',
        limited: 'The node has been asked more often than it allows.',
        failed: (status: number) => `The node has failed (HTTP ${status}).`,
        ofNode: (code: number) => `The node did not answer, and gave the code ${code}.`,
        busyNext: 'Try again in a minute. If it stays so, name another node on the page “Node”.',
        otherNode: 'Name another node on the page “Node”.',
        noPoolNext: 'Check the pool’s address, and that the node is of the pool’s cluster.',
        staleNext:
            'An epoch has begun meanwhile. Check it again: your transaction then prices the pool first, with the same signature.',
        cranksNext:
            'Somebody has to turn the cranks: anybody can, with “sluice crank”, and most pools have a keeper that ' +
            'does it within minutes. The queue takes requests meanwhile.',
        rewardsNext:
            'At the start of an epoch the cluster pays all stakers first. Try again in a minute. The queue takes ' +
            'requests meanwhile.',
        breakerNext:
            'Only the queue is open until the loss is acknowledged. Nobody can close the queue, and what it has paid can ' +
            'be claimed.',
        pausedNext: 'Exits are open. Try a deposit again after the pause.',
        fundsNext: 'Take less, and leave some SOL for the fee and the rent of accounts.',
        bufferNext: 'The queue takes any amount, and pays the full exit price without a fee.',
        expiredNext: 'Check it again: it gets a new blockhash.',
        unitsNext: 'Check it again: the node tries it as things are now, and its limit is made anew.',
        unknown: (why: string) => `Something went wrong: ${why}`,
    },
} as const;
