// Makes src/generated from the program's interface: `npm run generate`.
// With --check, writes nothing and fails where the folder is not what it would make.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createFromRoot } from 'codama';
import { rootNodeFromAnchor } from '@codama/nodes-from-anchor';
import { renderVisitor } from '@codama/renderers-js';

import { addAddresses } from './addresses.mjs';
import { events } from './extras.mjs';

const FOLDER = fileURLToPath(new URL('../src/generated', import.meta.url));
const IDL = fileURLToPath(new URL('../../../idl/sluice.json', import.meta.url));

/** Renders everything into `folder`. */
async function generate(folder) {
    const idl = JSON.parse(readFileSync(IDL, 'utf8'));
    // Codama drops the types of events; without the list of events they are types as all others.
    const codama = createFromRoot(rootNodeFromAnchor({ ...idl, events: [] }));
    addAddresses(codama);
    const options = { generatedFolder: '.', kitImportStrategy: 'rootOnly', syncPackageJson: false };
    await codama.accept(renderVisitor(folder, options));
    for (const file of files(folder)) {
        writeFileSync(file, everywhere(typed(withExtensions(readFileSync(file, 'utf8')))));
    }
    writeFileSync(join(folder, 'events.ts'), events(idl));
}

/** ES modules name files, not folders: `../types` is `../types/index.js`. */
function withExtensions(text) {
    const isFolder = (path) =>
        /^\.{1,2}(\/(accounts|errors|events|instructions|pdas|programs|types))?$/.test(path);
    return text.replace(/(from\s+)"(\.{1,2}[^"]*)"/g, (_, from, path) => {
        const named = isFolder(path) ? `${path}/index.js` : `${path}.js`;
        return `${from}"${named}"`;
    });
}

/** The renderer's type of kit's plugin is not the one that this kit gives it: it is left to infer. */
function typed(text) {
    return text.replace(
        /\(\s*client: T,\s*\): Omit<T, "sluice"> & \{ sluice: SluicePlugin \} =>/,
        '(client: T) =>',
    );
}

/** The sentences of errors are for production, too; and a browser has no `process`. */
function everywhere(text) {
    const inDevelopment = 'if \\(process.env\\["NODE_ENV"\\] !== "production"\\) ';
    const table = new RegExp(
        `let (\\w+: Record<SluiceError, string>) \\| undefined;\n${inDevelopment}{\n  \\w+ = ([^]*?);\n}\n`,
    );
    const reader = new RegExp(
        `${inDevelopment}{\n    return \\((\\w+) as Record<SluiceError, string>\\)(.*)\n  }\n\n  return ".*";`,
    );
    return text.replace(table, 'const $1 = $2;\n').replace(reader, 'return $1$2');
}

function files(folder) {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
        .sort();
}

/** The files that differ between two folders. */
function differences(one, other) {
    const read = (folder) =>
        new Map(files(folder).map((file) => [relative(folder, file), readFileSync(file, 'utf8')]));
    const [left, right] = [read(one), read(other)];
    const names = new Set([...left.keys(), ...right.keys()]);
    return [...names].filter((name) => left.get(name) !== right.get(name));
}

// Always elsewhere first: the renderer formats by what it finds around the folder.
const fresh = mkdtempSync(join(tmpdir(), 'sluice-client-'));
await generate(fresh);
if (process.argv.includes('--check')) {
    const stale = differences(fresh, FOLDER);
    if (stale.length > 0) {
        console.error(`src/generated is out of date: run \`npm run generate\` (${stale.join(', ')})`);
        process.exitCode = 1;
    }
} else {
    rmSync(FOLDER, { recursive: true, force: true });
    cpSync(fresh, FOLDER, { recursive: true });
}
rmSync(fresh, { recursive: true });
