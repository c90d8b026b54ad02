/** A name and its value. */
export type Fact = readonly [name: string, value: string | undefined];

/** Names and values; those without a value are left out. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
    return (
        <dl class="facts">
            {facts.map(([name, value]) =>
                value === undefined ? null : (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    </div>
                ),
            )}
        </dl>
    );
}
