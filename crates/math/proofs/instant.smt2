; The fee of an instant exit while the buffer falls from `upper` over `middle` to `lower`.
(declare-const upper Int)
(declare-const middle Int)
(declare-const lower Int)
(declare-const target Int)
(declare-const max Int)
(declare-const min Int)
; Twice the target times the mean rate between two buffers.
(define-fun rate ((from Int) (to Int)) Int (- (* 2 target max) (* (+ from to) (- max min))))
(assert (and (<= 0 lower middle) (<= middle upper target) (< 0 target) (<= 0 min max 10000)))
(set-info :status sat)
(check-sat)

; The mean rate is between nothing and all.
(define-fun less () Int (* (+ upper lower) (- max min)))
(push)
(assert (not (<= 0 less (* 2 target (- max min)))))
(set-info :status unsat)
(check-sat)
(pop)
(assert (<= 0 less (* 2 target (- max min))))
(push)
(assert (not (and (<= 0 (* (- upper lower) (rate upper lower)))
                  (<= 0 (* (- upper lower) (- (* 20000 target) (rate upper lower)))))))
(set-info :status unsat)
(check-sat)
(pop)
(assert (<= 0 (* (- upper lower) (rate upper lower))))
(assert (<= 0 (* (- upper lower) (- (* 20000 target) (rate upper lower)))))

; The fee is no more than what is taken.
(push)
(assert (not (<= 0 (instant_fee upper lower target max min) (- upper lower))))
(set-info :status unsat)
(check-sat)
(pop)

; What is divided adds up exactly.
(define-fun whole () Int (* (- upper lower) (rate upper lower)))
(define-fun first () Int (* (- upper middle) (rate upper middle)))
(define-fun second () Int (* (- middle lower) (rate middle lower)))
(push)
(assert (not (= (+ first second) whole)))
(set-info :status unsat)
(check-sat)
(pop)

; To split saves nothing.
(push)
(assert (< (+ (instant_fee upper middle target max min) (instant_fee middle lower target max min))
           (instant_fee upper lower target max min)))
(set-info :status unsat)
(check-sat)
(pop)

; To split does cost where it rounds: the proof can fail.
(push)
(assert (> (+ (instant_fee upper middle target max min) (instant_fee middle lower target max min))
           (instant_fee upper lower target max min)))
(set-info :status sat)
(check-sat)
(pop)
