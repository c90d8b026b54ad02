// What `sluice-actions` answers, by the types of the specification's own package. The answers were recorded by
// the service's tests, which hold them against those of today.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const SNAPSHOT = new URL(
    '../../actions/tests/actions/snapshots/actions__samples__samples.snap',
    import.meta.url,
);
/** A file that is only in memory, beside this one, so that the package is found. */
const FILE = fileURLToPath(new URL('actions.samples.ts', import.meta.url));

const OPTIONS = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es5.d.ts'],
    noEmit: true,
    strict: true,
    types: [],
};

/** What the compiler says of a source, each with its line. */
function complaints(source) {
    const host = ts.createCompilerHost(OPTIONS);
    const { fileExists, readFile } = host;
    host.fileExists = (name) => name === FILE || fileExists(name);
    host.readFile = (name) => (name === FILE ? source : readFile(name));
    const program = ts.createProgram([FILE], OPTIONS, host);
    return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => ({
        line: file?.fileName === FILE ? file.getLineAndCharacterOfPosition(start).line : undefined,
        said: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
}

/** A file in which each value, on a line of its own after the first, is of the type of the specification that it stands with. */
function source(typed) {
    const types = [...new Set(typed.map(([type]) => type))];
    const values = typed.map(([type, value], at) => `export const v${at}: ${type} = ${JSON.stringify(value)};`);
    return [`import type { ${types.join(', ')} } from '@solana/actions-spec';`, ...values].join('\n');
}

/** The recorded answers, each with the name of its type. */
function samples() {
    const [, , body] = readFileSync(SNAPSHOT, 'utf8').split('---\n');
    const { ActionGetResponse, ActionPostResponse, ActionError, ActionsJson } = JSON.parse(body);
    const shown = [...Object.values(ActionGetResponse.open), ...Object.values(ActionGetResponse.closed)];
    return [
        ...shown.map((value) => ['ActionGetResponse', value]),
        ...Object.values(ActionPostResponse).map((value) => ['ActionPostResponse', value]),
        ...Object.values(ActionError).map((value) => ['ActionError', value]),
        ['ActionsJson', ActionsJson],
    ];
}

test('every recorded answer has the type that the specification gives it', () => {
    const all = samples();
    assert.equal(new Set(all.map(([type]) => type)).size, 4);
    assert.ok(all.length >= 12, String(all.length));
    assert.deepEqual(complaints(source(all)), []);
});

test('an answer of another form is found', () => {
    const [[, shown], ...others] = samples();
    const [, prepared] = others.find(([type]) => type === 'ActionPostResponse');
    const wrong = [
        ['ActionGetResponse', { ...shown, icon: undefined }],
        ['ActionGetResponse', { ...shown, type: 'completed' }],
        ['ActionGetResponse', { ...shown, error: 'closed' }],
        ['ActionGetResponse', { ...shown, links: { actions: [{ href: '/', label: 'Stake' }] } }],
        ['ActionPostResponse', { ...prepared, type: 'action' }],
        ['ActionPostResponse', { message: prepared.message, type: prepared.type }],
        ['ActionError', { error: 'closed' }],
        ['ActionsJson', { rules: [{ pathPattern: '/' }] }],
    ];
    const lines = complaints(source(wrong)).map(({ line }) => line);
    assert.deepEqual(
        [...new Set(lines)],
        wrong.map((_, at) => at + 1),
    );
});

test('a label has no more than five words and begins with a verb', () => {
    const verbs = ['Stake', 'Unstake', 'Leave', 'Claim'];
    const shown = samples().filter(([type]) => type === 'ActionGetResponse');
    const labels = shown.flatMap(([, { label, links }]) => [label, ...(links?.actions ?? []).map((one) => one.label)]);
    for (const label of labels) {
        const words = label.split(' ');
        assert.ok(words.length <= 5 && verbs.includes(words[0]), label);
    }
});
