import { defineConfig } from 'vite';

export default defineConfig({
    base: './',
    // The client is linked: without this, its kit would be a second one.
    resolve: { dedupe: ['@solana/kit'] },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
        outDir: process.env['SLUICE_APP'] ?? '../target/app',
        emptyOutDir: true,
        target: 'es2022',
        // The policy of the page allows no data: scripts, and a polyfill would be one more.
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
    },
});
