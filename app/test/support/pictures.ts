// Approved pictures of the page. They are of any machine and any day: the font is a package's, and figures, dates and
// addresses are written alike before the picture is taken.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

const FOLDER = 'test/pictures';
/** Where pictures go that are not as approved. */
const FOUND = 'build/pictures';
/** Set: the pictures are taken anew. */
const IS_RENEWED = process.env['SLUICE_PICTURES'] === 'renew';
/** Browsers of another version draw edges a little differently. A line more or a button elsewhere is far above it. */
const MOST_DIFFERENT = 0.01;
/** Colours that are so near, of 255, are taken to be the same. */
const NEAR = 64;

const require = createRequire(import.meta.url);
const font = (weight: number) =>
    readFileSync(require.resolve(`@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff2`));
const face = (weight: number) =>
    `@font-face{font-family:Approved;font-weight:${weight};src:url(data:font/woff2;base64,${font(weight).toString('base64')})}`;
const STYLE = `${face(400)}${face(700)}*{font-family:Approved!important;caret-color:transparent!important}`;

/** The page draws with the font of the pictures. The browser must not mind the page's policy. */
export async function useFont(page: Page): Promise<void> {
    await page.addStyleTag({ content: STYLE });
    await page.evaluate(() => document.fonts.load('700 16px Approved').then(() => document.fonts.ready));
}

/** Takes a picture of what is shown and compares it with the approved one of this name. */
export async function isAsApproved(page: Page, name: string): Promise<void> {
    const taken = await take(page);
    const file = join(FOLDER, `${name}.png`);
    if (IS_RENEWED) return writeFileSync(file, taken);
    assert.ok(existsSync(file), `${file} is missing: \`cargo xtask app --renew-pictures\` takes it`);
    const part = await difference(page, readFileSync(file), taken);
    if (part <= MOST_DIFFERENT) return;
    mkdirSync(FOUND, { recursive: true });
    writeFileSync(join(FOUND, `${name}.png`), taken);
    assert.fail(
        `${(part * 100).toFixed(1)}% of ${name} is not as approved: compare app/${file} with ` +
            `app/${FOUND}/${name}.png; \`cargo xtask app --renew-pictures\` approves what is there now`,
    );
}

/** A picture of all of the page, in which nothing depends on the moment. After it, the page stands still. */
export async function take(page: Page): Promise<Buffer> {
    await page.evaluate(() => {
        const alike = (text: string) =>
            text
                .replace(/[1-9A-HJ-NP-Za-km-z]{32,44}|\w{4}…\w{4}/g, 'AAAA…AAAA')
                .replace(/\d{1,2} [A-Z][a-z]{2,3},? (at )?\d\d:\d\d/g, '11 Nov, 11:11')
                .replace(/(127\.0\.0\.1|localhost):\d+/g, 'node')
                .replace(/[\d,]+\.\d+(?=%)/g, '1.11')
                .replace(/[\d,]*\d(\.\d+)?(?= (SOL|LST))/g, '11.111')
                .replace(/\b\d{2,}\b/g, '11');
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const text = alike(node.textContent ?? '');
            if (text !== node.textContent) node.textContent = text;
        }
        for (const input of Array.from(document.querySelectorAll('input'))) input.value = alike(input.value);
        (document.activeElement as HTMLElement | null)?.blur();
        // What the page draws from now on, it draws where nobody looks: it cannot undo what was written alike.
        document.body.replaceWith(document.body.cloneNode(true));
    });
    return await page.screenshot({ fullPage: true, animations: 'disabled' });
}

/** The part of the pixels that differ; all where the sizes do. */
export async function difference(page: Page, approved: Buffer, taken: Buffer): Promise<number> {
    const urls = [approved, taken].map((bytes) => `data:image/png;base64,${bytes.toString('base64')}`);
    return await page.evaluate(
        async ({ urls, near }) => {
            const [one, other] = await Promise.all(
                urls.map(async (url) => {
                    const image = new Image();
                    image.src = url;
                    await image.decode();
                    const canvas = new OffscreenCanvas(image.width, image.height);
                    const drawing = canvas.getContext('2d')!;
                    drawing.drawImage(image, 0, 0);
                    return drawing.getImageData(0, 0, image.width, image.height);
                }),
            );
            if (one!.width !== other!.width || one!.height !== other!.height) return 1;
            let different = 0;
            for (let at = 0; at < one!.data.length; at += 4)
                if (
                    [0, 1, 2].some(
                        (channel) => Math.abs(one!.data[at + channel]! - other!.data[at + channel]!) > near,
                    )
                )
                    different += 1;
            return (different * 4) / one!.data.length;
        },
        { urls, near: NEAR },
    );
}
