// What the published client of the Program Metadata program makes: the Rust client's test compares every byte.

import { fileURLToPath } from 'node:url';
import { writeFileSync } from 'node:fs';

import {
    Compression,
    DataSource,
    Encoding,
    Format,
    findMetadataPda,
    getAllocateInstruction,
    getCloseInstruction,
    getExtendInstruction,
    getInitializeInstruction,
    getMetadataEncoder,
    getProgramDataPda,
    getSetAuthorityInstruction,
    getSetDataInstruction,
    getTrimInstruction,
    getWriteInstruction,
    packDirectData,
} from '@solana-program/program-metadata';
import { createNoopSigner, getBase16Decoder } from '@solana/kit';

export const FILE = fileURLToPath(
    new URL('../../crates/client/src/plan/program/metadata/vectors.json', import.meta.url),
);

const PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
const AUTHORITY = 'Stake11111111111111111111111111111111111111';
const OTHER = 'Vote111111111111111111111111111111111111111';
const RECIPIENT = 'Config1111111111111111111111111111111111111';
const DATA = new Uint8Array([1, 2, 3, 250]);
const JSON_IN_ZLIB = {
    encoding: Encoding.Utf8,
    compression: Compression.Zlib,
    format: Format.Json,
    dataSource: DataSource.Direct,
};

const hex = (bytes) => getBase16Decoder().decode(bytes);

/** Roles are 0 to 3: one bit says writable, the other signer. */
const plain = (instruction) => ({
    program: instruction.programAddress,
    accounts: instruction.accounts.map(({ address, role }) => `${address} ${role}`),
    data: hex(instruction.data),
});

export async function vectors() {
    const authority = createNoopSigner(AUTHORITY);
    const [programData] = await getProgramDataPda(PROGRAM);
    const find = async (seed, by) => (await findMetadataPda({ program: PROGRAM, authority: by, seed }))[0];
    const [idl, security] = [await find('idl', null), await find('security', null)];
    const [uploadIdl, uploadSecurity] = [await find('upload-idl', AUTHORITY), await find('upload-security', AUTHORITY)];
    const by = { authority, program: PROGRAM, programData };
    const content = '{"contacts":["email:security@example.org"]}';
    const packed = packDirectData({ content });
    return {
        addresses: { idl, security, uploadIdl, uploadSecurity },
        content,
        packed: hex(packed.data),
        account: hex(
            getMetadataEncoder().encode({
                ...JSON_IN_ZLIB,
                program: PROGRAM,
                authority: OTHER,
                mutable: true,
                canonical: true,
                seed: 'security',
                dataLength: packed.data.length,
                data: packed.data,
            }),
        ),
        instructions: {
            allocate: plain(getAllocateInstruction({ ...by, buffer: idl, seed: 'idl' })),
            allocateUpload: plain(
                getAllocateInstruction({ authority, program: PROGRAM, buffer: uploadIdl, seed: 'upload-idl' }),
            ),
            extend: plain(getExtendInstruction({ ...by, account: idl, length: 10_240 })),
            extendUpload: plain(
                getExtendInstruction({ authority, program: PROGRAM, account: uploadIdl, length: 517 }),
            ),
            write: plain(getWriteInstruction({ authority, buffer: uploadIdl, offset: 70_000, data: DATA })),
            writeBuffer: plain(
                getWriteInstruction({ authority, buffer: idl, offset: 0, sourceBuffer: uploadIdl }),
            ),
            initialize: plain(
                getInitializeInstruction({ ...by, ...JSON_IN_ZLIB, metadata: security, seed: 'security', data: DATA }),
            ),
            initializeBuffer: plain(
                getInitializeInstruction({
                    ...by,
                    ...JSON_IN_ZLIB,
                    metadata: idl,
                    seed: 'idl',
                    // As its own plan does where a buffer is there.
                    system: 'ProgM6JCCvbYkfKqJYHePx4xxSUSqJp7rh8Lyv7nk7S',
                }),
            ),
            setData: plain(getSetDataInstruction({ ...by, ...JSON_IN_ZLIB, metadata: idl, data: DATA })),
            setDataOfBuffer: plain(
                getSetDataInstruction({ ...by, ...JSON_IN_ZLIB, metadata: idl, buffer: uploadIdl }),
            ),
            setAuthority: plain(getSetAuthorityInstruction({ ...by, account: idl, newAuthority: OTHER })),
            setNoAuthority: plain(getSetAuthorityInstruction({ ...by, account: idl, newAuthority: null })),
            trim: plain(getTrimInstruction({ ...by, account: idl, destination: RECIPIENT })),
            close: plain(getCloseInstruction({ ...by, account: idl, destination: RECIPIENT })),
            closeUpload: plain(
                getCloseInstruction({ authority, program: PROGRAM, account: uploadIdl, destination: RECIPIENT }),
            ),
        },
    };
}

export const written = async () => `${JSON.stringify(await vectors(), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    writeFileSync(FILE, await written());
}
