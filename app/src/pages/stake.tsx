// SOL into LST.

import { useState } from 'preact/hooks';
import { minimum, quoteStake, stake, worth, type PoolView } from '@sluice/client';

import { lst, parsed, sol } from '../format.js';
import { Action } from '../parts/action.js';
import { AmountField } from '../parts/amountField.js';
import { Facts, isEstimate, type Fact } from '../parts/facts.js';
import { PricingNote, priceFirst, usePricing } from '../pricing.js';
import type { Known } from '../pool.js';
import { Problem } from '../problem.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';

/** What "Max" leaves: fees of later transactions, and the rent of the token account and of a ticket. */
const KEPT_LAMPORTS = 10_000_000n;
/** Nothing happens for less than this part of the quote, in basis points. */
const SLIPPAGE_BPS = 10;

export function Stake(session: Session) {
    const { connected, purse } = session;
    const [text, setText] = useState('');
    const lamports = parsed(text);
    const most = purse && (purse.lamports > KEPT_LAMPORTS ? purse.lamports - KEPT_LAMPORTS : 0n);
    const hint =
        purse && `${texts.amounts.balance(sol(purse.lamports))}. ${texts.amounts.kept(sol(KEPT_LAMPORTS))}`;
    const pricing = usePricing(session);
    const quote = lamports && pricing.view ? quoted(pricing.view, lamports) : undefined;
    const owner = connected?.address;
    const build =
        owner && lamports && quote?.facts
            ? (known: Known) =>
                  priceFirst(known, session, async (view) => ({
                      instructions: await stake(view, { owner, lamports, slippageBps: SLIPPAGE_BPS }),
                      what: texts.stake.what(sol(lamports)),
                      facts: factsOf(view, lamports),
                  }))
            : undefined;
    return (
        <section class="card">
            <h2>{texts.stake.title}</h2>
            <p>{texts.stake.intro}</p>
            <AmountField
                id="stake-amount"
                label={texts.amounts.sol}
                text={text}
                onText={setText}
                most={most}
                hint={hint}
                has={purse?.lamports}
                written={sol}
            />
            {lamports ? (
                <PricingNote pricing={pricing} session={session} first={texts.pricing.first} />
            ) : null}
            <Action
                key={text}
                session={session}
                label={texts.stake.review}
                build={build}
                onSigned={() => setText((now) => (now === text ? '' : now))}
            >
                {quote?.facts && <Facts facts={quote.facts} />}
                <Problem error={quote?.error} />
            </Action>
        </section>
    );
}

type Quoted = { facts?: readonly Fact[]; error?: unknown };

function quoted(view: PoolView, lamports: bigint): Quoted {
    try {
        return { facts: factsOf(view, lamports) };
    } catch (error) {
        return { error };
    }
}

/** What a deposit gets, and what of that still drips. */
function factsOf(view: PoolView, lamports: bigint): readonly Fact[] {
    const { lst: minted, feeLamports, chargeLamports } = quoteStake(view, lamports);
    const { nowLamports, laterLamports } = worth(view, minted);
    const { gets, least, fee, charge, worth: now, drips } = texts.stake;
    return [
        [gets, lst(minted)],
        [least, lst(minimum(minted, SLIPPAGE_BPS))],
        [fee, sol(feeLamports)],
        [charge, sol(chargeLamports)],
        [now, sol(nowLamports), isEstimate],
        [drips, sol(laterLamports - nowLamports), isEstimate],
    ];
}
