// From a button to a signature: the node tries the transaction, the reader sees what it does, the wallet signs.

import { Problem } from '../problem.js';
import { useReview, type Build, type Review, type Step } from '../review.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';
import { Facts } from './facts.js';

type Shown = {
    session: Session;
    label: string;
    /** `undefined` where there is nothing to build. */
    build: Build | undefined;
    onSigned?: () => void;
    /** What would be built now: it moves on with the pool, so the review stands in its place. */
    children?: preact.ComponentChildren;
};

/** What was checked for one account is nothing to another: a change in the wallet begins anew. */
export function Action(shown: Shown) {
    return <ActionOf key={shown.session.connected?.address} {...shown} />;
}

function ActionOf({ session, label, build, onSigned, children }: Shown) {
    const { step, check, confirm, back } = useReview(session, build, onSigned);
    if (!session.connected)
        return (
            <div>
                {children}
                <p class="hint">{texts.wallet.first}</p>
            </div>
        );
    if (step.kind === 'ready')
        return <ReviewCard step={step} confirm={(review) => void confirm(review)} back={back} />;
    const isBusy = step.kind === 'preparing';
    return (
        <div>
            {children}
            <button type="button" disabled={isBusy || !build} onClick={() => void check()}>
                {isBusy ? texts.action.preparing : label}
            </button>
            {step.kind === 'idle' && <Problem error={step.error} />}
        </div>
    );
}

type Asked = {
    step: Extract<Step, { kind: 'ready' }>;
    confirm: (review: Review) => void;
    back: () => void;
};

function ReviewCard({ step: { review, isSigning, notice, error }, confirm, back }: Asked) {
    const { what, note } = review.built;
    return (
        <div class="review">
            <h3>{what}</h3>
            {notice && (
                <p class="notice" role="alert">
                    {notice}
                </p>
            )}
            {error === undefined && <p role="status">{texts.action.simulated}</p>}
            {note && <p>{note}</p>}
            <Facts facts={review.facts} />
            <p class="row">
                <button type="button" disabled={isSigning} onClick={() => confirm(review)}>
                    {isSigning ? texts.action.signing : texts.action.sign}
                </button>
                <button type="button" class="quiet" disabled={isSigning} onClick={back}>
                    {texts.action.back}
                </button>
            </p>
            <Problem error={error} />
        </div>
    );
}
