import { parsed, typed } from '../format.js';
import { texts } from '../texts.js';

type Shown = {
    id: string;
    label: string;
    text: string;
    onText: (text: string) => void;
    /** What the button "Max" types; `undefined` where that is not known. */
    most: bigint | undefined;
    hint?: string | undefined;
    /** What is there of it, and how it is written; `undefined` where that is not known. */
    has: bigint | undefined;
    written: (units: bigint) => string;
};

/** A field for an amount. */
export function AmountField({ id, label, text, onText, most, hint, has, written }: Shown) {
    const units = parsed(text);
    const isWrong = text.trim() !== '' && units === undefined;
    const isTooMuch = units !== undefined && has !== undefined && units > has;
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <div class="row">
                <input
                    id={id}
                    inputMode="decimal"
                    autoComplete="off"
                    value={text}
                    aria-invalid={isWrong || isTooMuch}
                    aria-describedby={`${id}-hint`}
                    onInput={(event) => onText(event.currentTarget.value)}
                />
                <button
                    type="button"
                    class="quiet"
                    disabled={most === undefined}
                    onClick={() => most !== undefined && onText(typed(most))}
                >
                    {texts.amounts.max}
                </button>
            </div>
            <p class="hint" id={`${id}-hint`}>
                {isWrong || units === 0n ? texts.amounts.none : hint}
            </p>
            {isTooMuch && (
                <p class="problem" role="alert">
                    {texts.amounts.tooMuch(written(has), written(units))}
                </p>
            )}
        </div>
    );
}
