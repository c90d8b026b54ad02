// Logarithms and powers in whole numbers: figures that are shown are the same on every machine.

/** One, in the unit of this file: 36 digits after the point. */
export const ONE = 10n ** 36n;
/** The natural logarithm of two. */
const LN_2 = 693_147_180_559_945_309_417_232_121_458_176_568n;

/** The natural logarithm of a number above zero. */
export function ln(number: bigint): bigint {
    let [halvings, rest] = [0n, number];
    while (rest > (ONE * 3n) / 2n) [halvings, rest] = [halvings + 1n, rest / 2n];
    while (rest < (ONE * 3n) / 4n) [halvings, rest] = [halvings - 1n, rest * 2n];
    // ln(x) = 2 artanh((x - 1) / (x + 1))
    const ratio = ((rest - ONE) * ONE) / (rest + ONE);
    const square = (ratio * ratio) / ONE;
    let [sum, power] = [0n, ratio];
    for (let odd = 1n; power !== 0n; odd += 2n) {
        sum += power / odd;
        power = (power * square) / ONE;
    }
    return halvings * LN_2 + 2n * sum;
}

/** e to the power of a number. */
export function exp(number: bigint): bigint {
    const doublings = number / LN_2;
    const rest = number - doublings * LN_2;
    let [sum, term] = [0n, ONE];
    for (let count = 1n; term !== 0n; count += 1n) {
        sum += term;
        term = (term * rest) / ONE / count;
    }
    return doublings >= 0n ? sum << doublings : sum >> -doublings;
}
