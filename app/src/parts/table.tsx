import type { ComponentChildren } from 'preact';

/** What stands over a column, and how its cells are set. */
export type Column = { head: string; kind?: 'number' | 'long' };
/** A row, and what tells it from the others. */
export type Row = { key: string; cells: readonly ComponentChildren[] };

/** Rows under the heads of their columns. On a phone each row is a list: the head beside the cell. */
export function Table({
    name,
    columns,
    rows,
}: {
    name: string;
    columns: readonly Column[];
    rows: readonly Row[];
}) {
    if (rows.length === 0) return null;
    // The roles are said, because browsers forget them where a row is drawn as a list.
    return (
        <div class="scroll" role="region" aria-label={name} tabIndex={0}>
            <table role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        {columns.map(({ head, kind }) => (
                            <th scope="col" role="columnheader" class={kind} key={head}>
                                {head}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {rows.map(({ key, cells }) => (
                        <tr role="row" key={key}>
                            {columns.map(({ head, kind }, index) => (
                                <td role="cell" class={kind} data-head={head} key={head}>
                                    <span>{cells[index]}</span>
                                </td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
