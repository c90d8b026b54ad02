// Events of the program, from the logs of a transaction.

import { getBase64Encoder, type ReadonlyUint8Array } from '@solana/kit';

import { EVENTS, type SluiceEvent } from './generated/events.js';
import { SLUICE_PROGRAM_ADDRESS } from './generated/index.js';
import { runningIn } from './logs.js';

const DISCRIMINATOR_BYTES = 8;

/** An event from the bytes of a log line; `undefined` where it is none of the program. */
export function eventOf(data: ReadonlyUint8Array): SluiceEvent | undefined {
    const kind = EVENTS.find(({ discriminator }) =>
        discriminator.every((byte, index) => data[index] === byte),
    );
    if (!kind || data.length < DISCRIMINATOR_BYTES) return undefined;
    try {
        return { name: kind.name, data: kind.decoder.decode(data, DISCRIMINATOR_BYTES) } as SluiceEvent;
    } catch {
        return undefined;
    }
}

/**
 * The program's events in a transaction's logs, in order. Lines of other programs are ignored. A transaction
 * that failed has done nothing: where its logs say so, there are no events. Where a node has cut the logs off,
 * later events are missing: {@link isTruncated} says so.
 */
export function eventsOf(logs: readonly string[]): SluiceEvent[] {
    const events: SluiceEvent[] = [];
    for (const { line, programs, failed } of runningIn(logs)) {
        if (failed !== undefined) return [];
        const data = /^Program data: (.*)$/.exec(line)?.[1];
        if (data !== undefined && programs.at(-1) === SLUICE_PROGRAM_ADDRESS) events.push(...decoded(data));
    }
    return events;
}

function decoded(base64: string): SluiceEvent[] {
    try {
        const event = eventOf(getBase64Encoder().encode(base64.trim()));
        return event ? [event] : [];
    } catch {
        return [];
    }
}
