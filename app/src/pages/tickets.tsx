// Requests in the queue: what they have had and may get, and what can be done with them.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { isAddress, type Address } from '@solana/kit';
import {
    CLAIMS_PER_TRANSACTION,
    cancel,
    claim,
    claimsDue,
    isClaimable,
    isWorthItsFee,
    recipientAt,
    requestedTickets,
    tickets,
    ticketsAt,
    transferTicket,
    type TicketView,
} from '@sluice/client';

import { lst, short, sol, time } from '../format.js';
import { Action } from '../parts/action.js';
import { Facts } from '../parts/facts.js';
import type { Known } from '../pool.js';
import { Problem, Told } from '../problem.js';
import type { Built } from '../review.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';
import { times } from '../times.js';

const said = texts.tickets;

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
                {found &&
                    dustLast(found, connected?.address).map((ticket) => (
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
    const searched = useRef<{ key: string; addresses: Address[] } | undefined>(undefined);
    const owner = connected?.address;
    const { headBatch, openBatch, claimsLamports } = known.view.account;
    // A search by numbers takes many calls: it is done anew where the owner or the queue has moved.
    const key = [owner, purse?.lst, headBatch, openBatch, claimsLamports].join();
    const read = useCallback(async (): Promise<Found> => {
        if (!owner) return {};
        const { node, view } = known;
        const partial = (all: TicketView[]) => ({
            found: all.filter(({ account }) => account.owner === owner),
            isPartial: true,
        });
        // Where they are is remembered; how they are is read each time.
        if (searched.current?.key === key)
            return partial(await ticketsAt(node, view, searched.current.addresses));
        try {
            return { found: await tickets(node, view, owner) };
        } catch {
            // Many nodes have no index. What else is wrong is wrong in the search, too.
            const { tickets: requested } = await requestedTickets(node, view, owner);
            searched.current = { key, addresses: requested.map(({ address }) => address) };
            return partial(requested);
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

/** Tickets of next to nothing, which anybody can make for others, do not stand before one's own. */
function dustLast(found: readonly TicketView[], owner: Address | undefined): TicketView[] {
    const isDust = ({ claimableLamports, estimatedLamports, rentRecipient }: TicketView) =>
        !isWorthItsFee(
            { claimableLamports: claimableLamports + estimatedLamports, rentRecipient },
            owner ? [owner] : [],
        );
    return found.toSorted((one, other) => Number(isDust(one)) - Number(isDust(other)));
}

/** Claims what is worth its fee, as far as it fits one transaction. */
function ClaimAll({ session, found }: { session: Session; found: TicketView[] }) {
    const { due, dust } = claimsDue(found, session.connected ? [session.connected.address] : []);
    const now = due.slice(0, CLAIMS_PER_TRANSACTION);
    return (
        <>
            {now.length > 0 && (
                <Action
                    session={session}
                    label={said.claimAll(now.length)}
                    build={claiming(session, now, due.length - now.length)}
                />
            )}
            {dust > 0 && <p class="hint">{said.dust(dust)}</p>}
        </>
    );
}

/** Claims of these tickets; so many others are left. */
function claiming(session: Session, tickets: readonly TicketView[], left: number) {
    return async ({ view }: Known): Promise<Built> => ({
        ownRent: tickets.flatMap((ticket) => ownRent(ticket, session)),
        instructions: (await Promise.all(tickets.map((ticket) => claim(view, ticket)))).flat(),
        what: said.whatClaim(tickets.length),
        facts: [[said.gets, sol(tickets.reduce((sum, ticket) => sum + ticket.claimableLamports, 0n))]],
        ...(left > 0 && { note: said.inParts(left) }),
    });
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
            {isClaimable(ticket) && (
                <Action session={session} label={said.claim} build={claiming(session, [ticket], 0)} />
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
        (async ({ view }: Known): Promise<Built> => ({
            instructions: await cancel(view, ticket, { owner }),
            ownRent: ownRent(ticket, session),
            what: said.whatCancel(lst(ticket.account.lst)),
            standsOn: ['batch'],
        }));
    return <Action session={session} label={said.cancel} build={build} />;
}

function GiveAway({ session, ticket }: Shown) {
    const [text, setText] = useState('');
    const owner = session.connected?.address;
    const id = `to-${ticket.address}`;
    const build =
        owner && text.trim() !== ''
            ? async ({ node, view }: Known) => {
                  const address = text.trim();
                  if (!isAddress(address)) throw new Told(texts.node.badPool);
                  const to = await recipientAt(node, view, address);
                  return {
                      instructions: await transferTicket(view, ticket, { owner, to }),
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
