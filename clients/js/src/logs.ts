// What the logs of a transaction say: which programs ran, and which one failed with what.

const ADDRESS = '[1-9A-HJ-NP-Za-km-z]{32,44}';
const STEP = new RegExp(`^Program (${ADDRESS}) (invoke|success|failed: )(.*)$`);
/** What Anchor says of an account that it refuses. */
const REFUSED_ACCOUNT = /^Program log: AnchorError caused by account: (\w+)\./;
const CUSTOM_ERROR = /^custom program error: 0x([0-9a-f]+)$/;

/** How a transaction failed. */
export type Failure = {
    /** The program that failed, and those that called it, outermost first. */
    programs: readonly string[];
    /** Its code, where it gave one. */
    code: number | undefined;
    /** The name of the account that it refused, where it said so. */
    account: string | undefined;
};

/** A line of logs, and the programs that run when it is written, outermost first. */
export function* runningIn(
    logs: readonly string[],
): Generator<{ line: string; programs: readonly string[]; failed: string | undefined }> {
    const programs: string[] = [];
    for (const line of logs) {
        const [, program, what, rest] = STEP.exec(line) ?? [];
        if (what === 'invoke') programs.push(program!);
        yield { line, programs: [...programs], failed: what === 'failed: ' ? rest : undefined };
        if (what !== undefined && what !== 'invoke') programs.pop();
    }
}

/** How a transaction failed, by its logs; `undefined` where they do not say that it did. */
export function failureIn(logs: readonly string[]): Failure | undefined {
    let account: string | undefined;
    for (const { line, programs, failed } of runningIn(logs)) {
        account = REFUSED_ACCOUNT.exec(line)?.[1] ?? account;
        // The innermost program fails first.
        if (failed === undefined) continue;
        const code = CUSTOM_ERROR.exec(failed)?.[1];
        return { programs, code: code === undefined ? undefined : Number.parseInt(code, 16), account };
    }
    return undefined;
}

/** Whether a node has cut logs off, so that later lines, and their events, are missing. */
export function isTruncated(logs: readonly string[]): boolean {
    return logs.includes('Log truncated');
}
