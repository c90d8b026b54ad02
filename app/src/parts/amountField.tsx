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
};

/** A field for an amount. */
export function AmountField({ id, label, text, onText, most, hint }: Shown) {
    const isWrong = text.trim() !== '' && parsed(text) === undefined;
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <div class="row">
                <input
                    id={id}
                    inputMode="decimal"
                    autoComplete="off"
                    value={text}
                    aria-invalid={isWrong}
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
                {isWrong ? texts.amounts.none : hint}
            </p>
        </div>
    );
}
