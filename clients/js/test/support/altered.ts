// A node that says of accounts what is not so.

import {
    createDefaultRpcTransport,
    createSolanaRpcFromTransport,
    type Address,
    type RpcTransport,
} from '@solana/kit';

/** An account as a node writes it. */
export type Written = { data: [string, string]; owner: string };

/** A node that answers accounts at this address as `alter` makes them. */
export function altered(url: string, which: Address, alter: (account: Written) => Written | null) {
    return answering(url, ({ params }, answer) => {
        const value = answer.result.value.map((account: Written | null, index: number) =>
            account && params[0][index] === which ? alter(account) : account,
        );
        return { ...answer, result: { ...answer.result, value } };
    });
}

/** A node that answers questions after accounts, or others, as `change` makes it. */
export function answering(
    url: string,
    change: (question: any, answer: any) => unknown,
    ...methods: string[]
) {
    const changed = methods.length > 0 ? methods : ['getMultipleAccounts'];
    const honest = createDefaultRpcTransport({ url });
    const transport = async (config: Parameters<RpcTransport>[0]) => {
        const answer = await honest(config);
        const question = config.payload as { method: string };
        return changed.includes(question.method) ? change(question, answer) : answer;
    };
    return createSolanaRpcFromTransport(transport as RpcTransport);
}

/** The account with other bytes. */
export function withBytes(account: Written, change: (bytes: Uint8Array) => Uint8Array): Written {
    const bytes = change(new Uint8Array(Buffer.from(account.data[0], 'base64')));
    return { ...account, data: [Buffer.from(bytes).toString('base64'), 'base64'] };
}
