; An exit of `lst` at the exit price: `paid` goes out.
(declare-const full Int)
(declare-const value Int)
(declare-const supply Int)
(declare-const lst Int)
(define-fun paid () Int (redeemed lst value supply))
(assert (and (<= 0 value full) (> supply 0) (<= 0 lst supply)))
(set-info :status sat)
(check-sat)

; It is never more than there is.
(push)
(assert (> paid value))
(set-info :status unsat)
(check-sat)
(pop)

; The exit price does not fall.
(push)
(assert (< (* (- value paid) supply) (* value (- supply lst))))
(set-info :status unsat)
(check-sat)
(pop)

; The full price does not fall.
(push)
(assert (< (* (- full paid) supply) (* full (- supply lst))))
(set-info :status unsat)
(check-sat)
(pop)

; Rounded up, the exit price would fall: the proof can fail.
(push)
(assert (< (* (- value (ceil_ratio lst value supply)) supply) (* value (- supply lst))))
(set-info :status sat)
(check-sat)
(pop)
