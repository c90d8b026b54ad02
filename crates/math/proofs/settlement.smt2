; A settlement of a batch with `left` LST, from `spendable` lamports.
(declare-const left Int)
(declare-const spendable Int)
(declare-const value Int)
(declare-const full Int)
(declare-const supply Int)
(define-fun lst () Int (settled left spendable value supply))
(assert (and (<= 0 left supply) (<= 0 spendable) (<= 0 value full) (< 0 supply)))
(set-info :status sat)
(check-sat)

; What settles can be paid.
(push)
(assert (> (redeemed lst value supply) spendable))
(set-info :status unsat)
(check-sat)
(pop)

; It is never more than what is left.
(push)
(assert (or (< lst 0) (> lst left)))
(set-info :status unsat)
(check-sat)
(pop)

; Where the queue's need is there, all of it settles.
(push)
(assert (and (>= spendable (queue_lamports left full supply)) (< lst left)))
(set-info :status unsat)
(check-sat)
(pop)

; With a lamport less it may not: the proof can fail.
(push)
(assert (and (= spendable (- (queue_lamports left full supply) 1)) (< lst left)))
(set-info :status sat)
(check-sat)
(pop)
