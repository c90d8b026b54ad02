// Where the workspace's files are, for tests.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// This file is compiled to clients/js/build/test/support.
const TARGET = new URL('../../../../../target/', import.meta.url);

/** A file of the target folder, or the one that a variable names. */
export function file(variable: string, name: string): string {
    const path = process.env[variable] ?? fileURLToPath(new URL(name, TARGET));
    if (!existsSync(path)) throw new Error(`${path} is missing: run \`cargo xtask test\`, which makes it`);
    return path;
}

/** The interface of the program, as Anchor writes it. */
export const IDL = fileURLToPath(new URL('../idl/sluice.json', TARGET));
