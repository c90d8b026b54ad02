; A drip of which `left` of `length` slots are left, and LST that leave.
(declare-const withheld Int)
(declare-const left Int)
(declare-const length Int)
(declare-const lst Int)
(declare-const supply Int)
(define-fun now () Int (withheld_at withheld left length))
(define-fun after_exit () Int (withheld_at (withheld_without withheld lst supply) left length))
(assert (and (<= 0 withheld) (< 0 left) (<= left length) (<= 0 lst supply) (< 0 supply)))
(set-info :status sat)
(check-sat)

; It withholds no more than it began with.
(push)
(assert (or (< now 0) (> now withheld)))
(set-info :status unsat)
(check-sat)
(pop)

; It only falls.
(push)
(assert (> (withheld_at withheld (- left 1) length) now))
(set-info :status unsat)
(check-sat)
(pop)

; In a slot it releases no more than its part of a slot, rounded up.
(push)
(assert (> (- now (withheld_at withheld (- left 1) length)) (ceil_ratio withheld 1 length)))
(set-info :status unsat)
(check-sat)
(pop)

; What leavers forgo is never negative.
(push)
(assert (or (< after_exit 0) (> after_exit now)))
(set-info :status unsat)
(check-sat)
(pop)

; Two slots do release more than one slot's part: the proof can fail.
(push)
(assert (and (> left 1) (> (- now (withheld_at withheld (- left 2) length)) (ceil_ratio withheld 1 length))))
(set-info :status sat)
(check-sat)
(pop)
