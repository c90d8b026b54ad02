; A deposit: `kept` of its `lamports` buys nothing and is not released yet.
(declare-const full Int)
(declare-const unreleased Int)
(declare-const supply Int)
(declare-const lamports Int)
(declare-const kept Int)
(define-fun value () Int (- full unreleased))
(define-fun lst () Int (minted (- lamports kept) supply full))
(define-fun value_after () Int (- (+ value lamports) kept))
(assert (and (> supply 0) (<= 0 unreleased) (< unreleased full) (<= 0 kept lamports)))
(set-info :status sat)
(check-sat)

; The full price does not fall.
(push)
(assert (< (* (+ full lamports) supply) (* full (+ supply lst))))
(set-info :status unsat)
(check-sat)
(pop)

; The exit price does not fall.
(push)
(assert (< (* value_after supply) (* value (+ supply lst))))
(set-info :status unsat)
(check-sat)
(pop)

; Who deposits and leaves at once gains nothing.
(push)
(assert (> (redeemed lst value_after (+ supply lst)) lamports))
(set-info :status unsat)
(check-sat)
(pop)

; Rounded up, the price would fall: the proof can fail.
(push)
(assert (< (* (+ full lamports) supply) (* full (+ supply (ceil_ratio (- lamports kept) supply full)))))
(set-info :status sat)
(check-sat)
(pop)
