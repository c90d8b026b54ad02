// Why a holder can trust this pool, or should not.

import { instantBuffer, prices, type Pool } from '@sluice/client';

import { bpsPercent, lst, sol } from '../format.js';
import { PriceChart } from '../parts/chart.js';
import { Changes } from '../parts/changes.js';
import { Facts } from '../parts/facts.js';
import { Identity } from '../parts/identity.js';
import { ValidatorTable } from '../parts/validatorTable.js';
import { VerifyCard } from '../parts/verifyCard.js';
import { Yields } from '../parts/yields.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';

const said = texts.pool;
/** What an address without anybody behind it is. */
const NOBODY = '11111111111111111111111111111111';

export function PoolPage({ settings, known, named }: Session) {
    const { view, rates } = known;
    const { account } = view;
    const now = prices(view);
    return (
        <>
            <section class="card">
                <h2>{said.title}</h2>
                <Identity known={known} named={named} />
                <PriceChart known={known} prices={now} />
                <Yields rates={rates} />
                <Facts
                    facts={[
                        [said.holds, sol(now.fullLamports)],
                        [said.supply, lst(now.supplyLst)],
                        [said.staked, sol(account.stakedLamports)],
                        [said.reserve, sol(account.reserveLamports)],
                        [said.buffer, sol(instantBuffer(view))],
                        [said.queued, lst(account.openLst + account.lockedLst)],
                    ]}
                />
            </section>
            <VerifyCard node={known.node} pool={settings.pool} />
            <ValidatorTable known={known} />
            <section class="card">
                <h2>{said.fees}</h2>
                <Facts facts={feesOf(account)} />
            </section>
            <section class="card">
                <h2>{said.roles}</h2>
                <Facts facts={rolesOf(account)} />
                <h3>{said.changes}</h3>
                <Changes pending={account.governance.pending} />
            </section>
        </>
    );
}

function feesOf({ config }: Pool) {
    const names = Object.entries(said.feeNames) as [keyof typeof said.feeNames, string][];
    return names.map(([fee, name]) => [name, bpsPercent(config[fee])] as const);
}

function rolesOf(account: Pool) {
    const names = Object.entries(said.roleNames) as [keyof typeof said.roleNames, string][];
    return names.map(([role, name]) => [name, account[role] === NOBODY ? undefined : account[role]] as const);
}
