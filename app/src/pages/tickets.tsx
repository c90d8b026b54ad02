// Requests in the queue: what they have had and may get, and what can be done with them.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { isAddress, type Address } from '@solana/kit';
import {
    cancel,
    claim,
    recipientAt,
    requestedTickets,
    tickets,
    transferTicket,
    type TicketView,
} from '@sluice/client';

import { lst, short, sol, time } from '../format.js';
import { Action, type Built } from '../parts/action.js';
import { Facts } from '../parts/facts.js';
import { Problem, Told } from '../problem.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';
import { times } from '../times.js';

const said = texts.tickets;
/** So many claims fit one transaction. */
const CLAIMS_AT_ONCE = 5;

/** What one account has is never shown as another's. */
export function Tickets(session: Session) {
    return <TicketsOf key={session.connected?.address} {...session} />;
}

function TicketsOf(session: Session) {
    const { connected } = session;
    const { found, isPartial, error } = useTickets(session);
    return (
        <section>
            <h2>{said.title}</h2>
            {!connected && <p class="hint">{texts.wallet.first}</p>}
            <Problem error={error} />
            {isPartial && <p class="notice">{said.byNumber}</p>}
            {found?.length === 0 && <p>{said.none}</p>}
            {found && <ClaimAll session={session} found={found} />}
            <div class="columns">
                {found?.map((ticket) => (
                    <Ticket key={ticket.address} session={session} ticket={ticket} />
                ))}
            </div>
        </section>
    );
}

type Found = { found?: TicketView[]; isPartial?: boolean; error?: unknown };

/** The tickets of the connected account, read with each reading of the pool. */
function useTickets({ known, connected, purse }: Session): Found {
    const [answer, setAnswer] = useState<Found>({});
    const searched = useRef<{ key: string; found: Found } | undefined>(undefined);
    const owner = connected?.address;
    const { headBatch, openBatch, claimsLamports } = known.view.account;
    // A search by numbers takes many calls: it is done anew where the owner or the queue has moved.
    const key = [owner, purse?.lst, headBatch, openBatch, claimsLamports].join();
    const read = useCallback(async (): Promise<Found> => {
        if (!owner) return {};
        if (searched.current?.key === key) return searched.current.found;
        try {
            return { found: await tickets(known.node, known.view, owner) };
        } catch {
            // Many nodes have no index. What else is wrong is wrong in the search, too.
            const { tickets: requested } = await requestedTickets(known.node, known.view, owner);
            const found = {
                found: requested.filter(({ account }) => account.owner === owner),
                isPartial: true,
            };
            searched.current = { key, found };
            return found;
        }
    }, [known, owner, key]);
    useEffect(() => {
        let isCurrent = true;
        read().then(
            (found) => isCurrent && setAnswer(found),
            (error) => isCurrent && setAnswer({ error }),
        );
        return () => {
            isCurrent = false;
        };
    }, [read]);
    return answer;
}

/** Claims everything that is there to claim, as far as it fits one transaction. */
function ClaimAll({ session, found }: { session: Session; found: TicketView[] }) {
    const due = found.filter(
        ({ claimableLamports, state, ownerLacksLamports }) =>
            ownerLacksLamports === 0n && (claimableLamports > 0n || state === 'paid'),
    );
    if (due.length === 0) return null;
    const now = due.slice(0, CLAIMS_AT_ONCE);
    const left = due.length - now.length;
    const build = async (): Promise<Built> => ({
        ownRent: now.flatMap((ticket) => ownRent(ticket, session)),
        instructions: (await Promise.all(now.map((ticket) => claim(session.known.view, ticket)))).flat(),
        what: said.whatClaim(now.length),
        ...(left > 0 && { note: said.inParts(left) }),
    });
    return <Action session={session} label={said.claimAll(now.length)} build={build} />;
}

/** The accounts of a ticket whose rent the reader has paid. */
function ownRent(
    { address, batchAddress, batch, rentRecipient }: TicketView,
    { connected }: Session,
): Address[] {
    const paid = [
        [address, rentRecipient],
        [batchAddress, batch.opener],
    ] as const;
    return paid.filter(([, payer]) => payer === connected?.address).map(([account]) => account);
}

function Ticket({ session, ticket }: { session: Session; ticket: TicketView }) {
    const { account, state, claimableLamports, claimedLamports, estimatedLamports, dates } = ticket;
    const when = dates && times(session.known, dates);
    const some = (lamports: bigint) => (lamports > 0n ? sol(lamports) : undefined);
    return (
        <section class="card ticket" aria-label={lst(account.lst)} data-state={state}>
            <h3>
                {lst(account.lst)}
                <span class="mark">{said.states[state]}</span>
            </h3>
            <Facts
                facts={[
                    [said.claimable, some(claimableLamports)],
                    [said.claimed, some(claimedLamports)],
                    [said.expected, some(estimatedLamports)],
                    [
                        said.dates,
                        when?.fromMs === undefined || when.untilMs === undefined
                            ? undefined
                            : `${time(when.fromMs)} – ${time(when.untilMs)}`,
                    ],
                ]}
            />
            {ticket.ownerLacksLamports > 0n && (
                <p class="notice">{said.lacks(sol(ticket.ownerLacksLamports))}</p>
            )}
            {state === 'open' && <Cancel session={session} ticket={ticket} />}
            <GiveAway session={session} ticket={ticket} />
        </section>
    );
}

type Shown = { session: Session; ticket: TicketView };

function Cancel({ session, ticket }: Shown) {
    const owner = session.connected?.address;
    const build =
        owner &&
        (async () => ({
            instructions: await cancel(session.known.view, ticket, { owner }),
            ownRent: ownRent(ticket, session),
            what: said.whatCancel(lst(ticket.account.lst)),
        }));
    return <Action session={session} label={said.cancel} build={build} />;
}

function GiveAway({ session, ticket }: Shown) {
    const [text, setText] = useState('');
    const { known, connected } = session;
    const owner = connected?.address;
    const id = `to-${ticket.address}`;
    const build =
        owner && text.trim() !== ''
            ? async () => {
                  const address = text.trim();
                  if (!isAddress(address)) throw new Told(texts.node.badPool);
                  const to = await recipientAt(known.node, known.view, address);
                  return {
                      instructions: await transferTicket(known.view, ticket, { owner, to }),
                      what: said.whatGive(lst(ticket.account.lst), short(address)),
                  };
              }
            : undefined;
    return (
        <details>
            <summary>{said.give}</summary>
            <div class="field">
                <label for={id}>{said.giveTo}</label>
                <input
                    id={id}
                    autoComplete="off"
                    spellcheck={false}
                    value={text}
                    onInput={(event) => setText(event.currentTarget.value)}
                />
            </div>
            <Action key={text} session={session} label={said.give} build={build} />
        </details>
    );
}
