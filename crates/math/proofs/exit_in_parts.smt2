; An exit in two parts at the exit price: `first`, then `second` of what is left.
(declare-const value Int)
(declare-const supply Int)
(declare-const first Int)
(declare-const second Int)
(define-fun paid_first () Int (redeemed first value supply))
(define-fun paid_second () Int (redeemed second (- value paid_first) (- supply first)))
; What rounding keeps of each, times what it was divided by.
(define-fun kept_first () Int (- (* first value) (* paid_first supply)))
(define-fun kept_second () Int (- (* second (- value paid_first)) (* paid_second (- supply first))))
(assert (and (<= 0 value) (< 0 first supply) (< 0 second) (<= (+ first second) supply)))
(set-info :status sat)
(check-sat)

; Neither is negative, nor are their products with what cannot be.
(push)
(assert (not (and (<= 0 (* kept_first (- supply first second))) (<= 0 (* kept_second supply)))))
(set-info :status unsat)
(check-sat)
(pop)
(assert (and (<= 0 (* kept_first (- supply first second))) (<= 0 (* kept_second supply))))

; Both parts together pay no more than the whole.
(push)
(assert (> (+ paid_first paid_second) (redeemed (+ first second) value supply)))
(set-info :status unsat)
(check-sat)
(pop)

; They can pay less: the proof can fail.
(push)
(assert (< (+ paid_first paid_second) (redeemed (+ first second) value supply)))
(set-info :status sat)
(check-sat)
(pop)
