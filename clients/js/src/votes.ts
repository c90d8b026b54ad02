// What a vote account says about its validator. See `programs/sluice/src/foreign/vote.rs`.

import type { Address, MaybeEncodedAccount, ReadonlyUint8Array } from '@solana/kit';

import { isEpochYoung, type Cluster } from './cluster.js';
import type { PoolConfig } from './generated/index.js';

const VOTE_PROGRAM = 'Vote111111111111111111111111111111111111111' as Address;
const [V3, V4] = [2, 3];
const [V3_KEYS, V3_PRIOR_VOTERS] = [64, 1_545];
const [V4_KEYS, V4_PENDING_REWARDS, BLS_KEY] = [128, 8, 48];
const [VOTE, ROOT, AUTHORIZED_VOTER, EPOCH_CREDITS, TIMESTAMP] = [13, 8, 40, 24, 16];
const BPS_PER_PERCENT = 100;
const ALL_BPS = 10_000;

/** A vote account, as far as the pool asks for it. */
export type VoteAccount = {
    /** Share of inflation rewards that the validator keeps. */
    commissionBps: number;
    /** Share of block revenue that the validator keeps. */
    blockCommissionBps: number;
    hasBlsKey: boolean;
    /** The last two epochs in which it earned credits. */
    credits: { epoch: bigint; after: bigint; before: bigint }[];
};

/** Reads a vote account; `undefined` where it is gone, or of a layout that is not known. */
export function readVoteAccount(account: MaybeEncodedAccount): VoteAccount | undefined {
    if (!account.exists || account.programAddress !== VOTE_PROGRAM) return undefined;
    try {
        return parsed(new Reader(account.data));
    } catch {
        return undefined;
    }
}

function parsed(reader: Reader): VoteAccount | undefined {
    const kind = reader.u32();
    if (kind !== V3 && kind !== V4) return undefined;
    const terms = kind === V3 ? termsOfV3(reader) : termsOfV4(reader);
    reader.list(VOTE);
    reader.option(ROOT);
    reader.list(AUTHORIZED_VOTER);
    if (kind === V3) reader.skip(V3_PRIOR_VOTERS);
    const last = reader.list(EPOCH_CREDITS, 2);
    const credits = last.map((entry) => ({ epoch: entry.u64(), after: entry.u64(), before: entry.u64() }));
    reader.skip(TIMESTAMP);
    return { ...terms, credits };
}

function termsOfV3(reader: Reader): Omit<VoteAccount, 'credits'> {
    reader.skip(V3_KEYS);
    const commissionBps = reader.u8() * BPS_PER_PERCENT;
    return { commissionBps, blockCommissionBps: ALL_BPS, hasBlsKey: false };
}

function termsOfV4(reader: Reader): Omit<VoteAccount, 'credits'> {
    reader.skip(V4_KEYS);
    const [commissionBps, blockCommissionBps] = [reader.u16(), reader.u16()];
    reader.skip(V4_PENDING_REWARDS);
    return { commissionBps, blockCommissionBps, hasBlsKey: reader.option(BLS_KEY) };
}

/** Whether the pool takes stake of a validator on these terms. */
export function isAcceptable(vote: VoteAccount, config: PoolConfig): boolean {
    const block = Math.min(vote.blockCommissionBps, ALL_BPS);
    return (
        vote.commissionBps <= config.maxCommissionBps &&
        block <= config.maxBlockCommissionBps &&
        vote.hasBlsKey
    );
}

/** Whether it votes: it earned credits in this epoch or, while that is young, in the last. */
export function isVoting({ credits }: VoteAccount, cluster: Cluster): boolean {
    const { epoch } = cluster.clock;
    const earned = (wanted: bigint) =>
        credits.some((entry) => entry.epoch === wanted && entry.after > entry.before);
    return earned(epoch) || (earned(epoch - 1n) && isEpochYoung(cluster));
}

/** Bytes in order. Whatever is not there throws. */
class Reader {
    private at = 0;
    private readonly view: DataView;

    constructor(private readonly data: ReadonlyUint8Array) {
        this.view = new DataView(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    }

    u8 = () => this.view.getUint8(this.skip(1));
    u16 = () => this.view.getUint16(this.skip(2), true);
    u32 = () => this.view.getUint32(this.skip(4), true);
    u64 = () => this.view.getBigUint64(this.skip(8), true);

    /** Goes on by so many bytes; where it was. */
    skip(bytes: number): number {
        const from = this.at;
        if (from + bytes > this.data.length) throw new RangeError('The account ends too early');
        this.at += bytes;
        return from;
    }

    /** A list with its length in front: readers of its last items. */
    list(bytes: number, wanted = 0): Reader[] {
        const length = Number(this.u64());
        const from = this.skip(length * bytes);
        const items = Array.from({ length: Math.min(wanted, length) }, (_, index) => length - 1 - index);
        return items.map((item) => {
            const start = from + item * bytes;
            return new Reader(this.data.slice(start, start + bytes));
        });
    }

    /** An optional field of this size: whether it is there. */
    option(bytes: number): boolean {
        const tag = this.u8();
        if (tag > 1) throw new RangeError('An option is there or not');
        if (tag === 1) this.skip(bytes);
        return tag === 1;
    }
}
