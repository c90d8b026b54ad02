; A share that is charged, of which a share stays with the holders.
(declare-const lamports Int)
(declare-const first Int)
(declare-const bps Int)
(declare-const holder_bps Int)
(define-fun fee () Int (charged lamports bps))
(assert (and (<= 0 lamports) (<= 0 first lamports) (<= 0 bps 10000) (<= 0 holder_bps 10000)))
(set-info :status sat)
(check-sat)

; The fee is no more than what it is taken of, and the holders' part no more than the fee: both parts
; and what is left add up to the whole, and none is negative.
(push)
(assert (not (and (<= 0 (charged fee holder_bps) fee lamports))))
(set-info :status unsat)
(check-sat)
(pop)

; To split saves nothing.
(push)
(assert (< (+ (charged first bps) (charged (- lamports first) bps)) fee))
(set-info :status unsat)
(check-sat)
(pop)

; Rounded down, to split would save: the proof can fail.
(push)
(assert (< (+ (floor_ratio first bps 10000) (floor_ratio (- lamports first) bps 10000))
           (floor_ratio lamports bps 10000)))
(set-info :status sat)
(check-sat)
(pop)
