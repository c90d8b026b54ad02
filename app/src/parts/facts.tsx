/** What else is known of a value: in full, and whether it moves on by itself. */
type More = { title?: string; isEstimate?: boolean };
/** A name and its value. */
export type Fact = readonly [name: string, value: string | undefined, more?: More];

/** These move on with each slot, and bound nothing. */
export const isEstimate = { isEstimate: true };

/** Names and values; those without a value are left out. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
    return (
        <dl class="facts">
            {facts.map(([name, value, more]) =>
                value === undefined ? null : (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd title={more?.title}>{value}</dd>
                    </div>
                ),
            )}
        </dl>
    );
}
