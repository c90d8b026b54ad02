; Parts of two validators, the second of which may stand for any number of them: so all parts together
; are never more than the whole.
(declare-const whole Int)
(declare-const one Int)
(declare-const others Int)
(declare-const weights Int)
(assert (and (<= 0 whole) (<= 0 one) (<= 0 others) (< 0 weights) (<= (+ one others) weights)))
(set-info :status sat)
(check-sat)

(push)
(assert (> (+ (part whole one weights) (part whole others weights)) (part whole (+ one others) weights)))
(set-info :status unsat)
(check-sat)
(pop)

(push)
(assert (not (= (part whole weights weights) whole)))
(set-info :status unsat)
(check-sat)
(pop)

; Each validator loses less than a lamport by rounding.
(push)
(assert (> (* whole one) (+ (* (part whole one weights) weights) (- weights 1))))
(set-info :status unsat)
(check-sat)
(pop)

; Parts can add up to less than the whole: the proof can fail.
(push)
(assert (and (= (+ one others) weights)
             (< (+ (part whole one weights) (part whole others weights)) whole)))
(set-info :status sat)
(check-sat)
(pop)
