// What Codama's renderer does not make: events.

const HEAD = '// Made from idl/sluice.json by scripts/generate.mjs: do not edit.\n\n';
const camel = (name) => name[0].toLowerCase() + name.slice(1);

/** A table of all events: name, discriminator, decoder. */
export function events({ events }) {
    const decoders = events.map(({ name }) => `get${name}Decoder`);
    const types = events.map(({ name }) => `type ${name}`);
    const rows = events.map(
        ({ name, discriminator }) =>
            `    { name: '${camel(name)}', discriminator: [${discriminator.join(', ')}], decoder: get${name}Decoder() },`,
    );
    const union = events.map(({ name }) => `    | { name: '${camel(name)}'; data: ${name} }`);
    return `${HEAD}import {
${[...decoders, ...types].map((name) => `    ${name},`).join('\n')}
} from './types/index.js';

/** What the program says in the logs that it has done. */
export type SluiceEvent =
${union.join('\n')};

/** Every event: its name, the bytes that it starts with, and how the rest is read. */
export const EVENTS = [
${rows.join('\n')}
] as const;
`;
}
