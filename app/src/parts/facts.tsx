/** Names and values; those without a value are left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, string | undefined])[] }) {
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
