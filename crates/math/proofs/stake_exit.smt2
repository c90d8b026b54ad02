; An exit with stake whose fee is `parts` of 10^12, and the LST for a stake account of `wanted` lamports.
(declare-const wanted Int)
(declare-const parts Int)
(declare-const value Int)
(declare-const supply Int)
(define-fun worth () Int (redeemed (lst_for_stake wanted parts value supply) value supply))
(assert (and (<= 0 wanted) (<= 0 parts) (< parts 1000000000000) (< 0 value) (< 0 supply)))
(set-info :status sat)
(check-sat)

; The fee is no more than what is redeemed.
(push)
(declare-const lamports Int)
(assert (and (<= 0 lamports) (not (<= 0 (stake_exit_fee lamports parts) lamports))))
(set-info :status unsat)
(check-sat)
(pop)

; The LST are worth the whole account with its fee.
(push)
(assert (< worth (ceil_ratio (+ wanted 1) 1000000000000 (- 1000000000000 parts))))
(set-info :status unsat)
(check-sat)
(pop)

; Whatever is worth that leaves the whole account.
(push)
(declare-const lamports Int)
(assert (>= lamports (ceil_ratio (+ wanted 1) 1000000000000 (- 1000000000000 parts))))
(assert (< (- lamports (stake_exit_fee lamports parts)) wanted))
(set-info :status unsat)
(check-sat)
(pop)

; A lamport less may not: the proof can fail.
(push)
(declare-const lamports Int)
(assert (= lamports (- (ceil_ratio wanted 1000000000000 (- 1000000000000 parts)) 1)))
(assert (< (- lamports (stake_exit_fee lamports parts)) wanted))
(set-info :status sat)
(check-sat)
(pop)
