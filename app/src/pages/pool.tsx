import type { Session } from '../session.js';
export function PoolPage(_session: Session) {
    return <p>…</p>;
}
