// From a button to a signature: the node tries the transaction, the reader sees what it does, the wallet signs.

import { useState } from 'preact/hooks';
import { tokenAccountOf } from '@sluice/client';
import type { Instruction } from '@solana/kit';

import { lst, sol } from '../format.js';
import { Problem } from '../problem.js';
import { prepare, sign, type Prepared } from '../send.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';
import { Facts } from './facts.js';

/** Instructions, and what they do in a line. */
export type Built = { instructions: readonly Instruction[]; what: string; note?: string };

type Step =
    | { kind: 'idle'; error?: unknown }
    | { kind: 'preparing' }
    | { kind: 'ready'; built: Built; prepared: Prepared; isSigning: boolean; error?: unknown };

/** After so long a prepared transaction is tried anew before it is signed: its blockhash ages. */
const FRESH_MS = 30_000;

type Shown = {
    session: Session;
    label: string;
    /** Builds what is to be signed; `undefined` where there is nothing to build. */
    build: (() => Promise<Built>) | undefined;
    onSigned?: () => void;
};

/** What was checked for one account is nothing to another: a change in the wallet begins anew. */
export function Action(shown: Shown) {
    return <ActionOf key={shown.session.connected?.address} {...shown} />;
}

function ActionOf({ session, label, build, onSigned }: Shown) {
    const [step, setStep] = useState<Step>({ kind: 'idle' });
    const { known, connected, landings } = session;
    if (!connected) return <p class="hint">{texts.wallet.first}</p>;

    const tried = async (built: Built) => {
        const token = await tokenAccountOf(connected.address, known.view.account.mint);
        return await prepare(known, connected.address, token, built.instructions);
    };
    const check = async () => {
        if (!build) return;
        setStep({ kind: 'preparing' });
        try {
            const built = await build();
            setStep({ kind: 'ready', built, prepared: await tried(built), isSigning: false });
        } catch (error) {
            setStep({ kind: 'idle', error });
        }
    };
    const confirm = async (built: Built, old: Prepared) => {
        setStep({ kind: 'ready', built, prepared: old, isSigning: true });
        try {
            const isFresh = Date.now() - old.lifetime.fetchedAtMs < FRESH_MS;
            const prepared = isFresh ? old : await tried(built);
            const sent = await sign(connected, known.cluster, prepared);
            landings.start({ sent, what: built.what, cluster: known.cluster });
            setStep({ kind: 'idle' });
            onSigned?.();
        } catch (error) {
            setStep({ kind: 'ready', built, prepared: old, isSigning: false, error });
        }
    };

    if (step.kind !== 'ready') {
        const isBusy = step.kind === 'preparing';
        return (
            <div>
                <button type="button" disabled={isBusy || !build} onClick={() => void check()}>
                    {isBusy ? texts.action.preparing : label}
                </button>
                {step.kind === 'idle' && <Problem error={step.error} />}
            </div>
        );
    }
    const { built, prepared, isSigning, error } = step;
    return (
        <div class="review">
            <h3>{built.what}</h3>
            <p role="status">{texts.action.simulated}</p>
            {built.note && <p>{built.note}</p>}
            <Facts
                facts={[
                    [texts.action.networkFee, sol(prepared.feeLamports)],
                    [texts.action.priorityFee, sol(prepared.priorityLamports)],
                    [texts.action.solAfter, sol(prepared.ownerLamports)],
                    [texts.action.lstAfter, lst(prepared.ownerLst)],
                ]}
            />
            <p class="row">
                <button type="button" disabled={isSigning} onClick={() => void confirm(built, prepared)}>
                    {isSigning ? texts.action.signing : texts.action.sign}
                </button>
                <button
                    type="button"
                    class="quiet"
                    disabled={isSigning}
                    onClick={() => setStep({ kind: 'idle' })}
                >
                    {texts.action.back}
                </button>
            </p>
            <Problem error={error} />
        </div>
    );
}
