// Whom this page may ask: the browser itself refuses everybody else.

import type { Settings } from './settings.js';

/**
 * Narrows the page's policy to the node and the quote source that its reader has named, or to nobody. A policy cannot be
 * widened again, so other names take effect with a new load of the page.
 */
export function narrow(settings: Settings | undefined): void {
    const named = settings ? [settings.node, settings.quotes].flatMap((url) => url ?? []) : [];
    const origins = named.map((url) => new URL(url).origin);
    const policy = document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = `connect-src ${origins.join(' ') || "'none'"}`;
    document.head.append(policy);
}
