; The reward fee: `fee` lamports of the treasury's in a pool that owns `full` with them, and `value`
; without them and what is unreleased.
(declare-const fee Int)
(declare-const full Int)
(declare-const value Int)
(declare-const supply Int)
(define-fun lst () Int (fee_lst fee full supply))
(assert (and (<= 0 fee full) (< 0 supply) (<= 0 value) (<= value (- full fee))))
(set-info :status sat)
(check-sat)

; The LST that are minted for it are worth no more, at the full price with them.
(push)
(assert (> (* lst full) (* fee (+ supply lst))))
(set-info :status unsat)
(check-sat)
(pop)

; The fee comes out of the gain: without the gain's fee the price was no higher.
(push)
(assert (< (* full supply) (* (- full fee) (+ supply lst))))
(set-info :status unsat)
(check-sat)
(pop)

; The exit price does not fall.
(push)
(assert (< (* (+ value fee) supply) (* value (+ supply lst))))
(set-info :status unsat)
(check-sat)
(pop)

; At the mark that a fee leaves behind, nothing is above it: no gain is charged twice.
(push)
(assert (< (mark_worth (+ supply lst) full (+ supply lst)) full))
(set-info :status unsat)
(check-sat)
(pop)

; Without LST that leave the price alone there would be none at all: the proof can fail.
(push)
(assert (> (* (+ lst 1) full) (* fee (+ supply lst 1))))
(set-info :status sat)
(check-sat)
(pop)
