// The instructions that the Rust client is compared with are those that the published client makes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { FILE, written } from './metadataVectors.mjs';

test('the recorded instructions of program metadata are those of the published client', async () => {
    assert.equal(readFileSync(FILE, 'utf8'), await written());
});
