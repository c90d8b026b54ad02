// Takes the picture of the page for the README: `cargo xtask screenshot` does.

import { Visitor, openBrowser, skip } from './support/browser.js';
import { poolWithPage } from './support/world.js';

const [, , picture] = process.argv;
if (skip || !picture) throw new Error(skip || 'it takes the file of the picture');
const SIZE = { width: 1000, height: 1020 };
const [stage, browser] = await Promise.all([poolWithPage(8), openBrowser()]);
try {
    await stage.net.sluice(stage.bob, 'stake', '120');
    const visitor = await Visitor.come(browser, stage, stage.bob, SIZE);
    await visitor.open();
    await visitor.connect();
    await visitor.to('Leave');
    await visitor.page.getByLabel('Amount in LST').fill('12');
    await visitor.page.getByText('Validator', { exact: true }).waitFor();
    await visitor.page.screenshot({ path: picture });
    await visitor.leave();
} finally {
    await browser.close();
    await stage.net.stop();
}
