import type { Session } from '../session.js';
export function History(_session: Session) {
    return <p>…</p>;
}
