; A deposit in two parts, of which fees keep something: in two parts no less than of the whole.
(declare-const full Int)
(declare-const supply Int)
(declare-const first Int)
(declare-const first_kept Int)
(declare-const second Int)
(declare-const second_kept Int)
(declare-const kept Int)
(define-fun minted_first () Int (minted (- first first_kept) supply full))
(define-fun minted_second () Int
  (minted (- second second_kept) (+ supply minted_first) (+ full first)))
(assert (and (< 0 full) (< 0 supply) (<= 0 first_kept first) (<= 0 second_kept second)))
(assert (and (<= 0 kept (+ first_kept second_kept))))
(set-info :status sat)
(check-sat)

; The second part meets a price that is no lower, and is rounded down.
(define-fun risen () Int (- (* supply (+ full first)) (* (+ supply minted_first) full)))
(define-fun rounded () Int
  (- (* (- second second_kept) (+ supply minted_first)) (* minted_second (+ full first))))
(define-fun gained () Int (- (* minted_second full) (* (- second second_kept) supply)))
(define-fun products () Bool
  (and (<= 0 (* risen (- second second_kept)))
       (<= 0 (* rounded full))
       (=> (< 0 gained) (< 0 (* gained (+ full first))))))
(push)
(assert (not products))
(set-info :status unsat)
(check-sat)
(pop)
(assert products)

; So it mints no more than at the first part's price.
(push)
(assert (< 0 gained))
(set-info :status unsat)
(check-sat)
(pop)
(assert (<= gained 0))

; Both parts together mint no more than the whole.
(push)
(assert (> (+ minted_first minted_second) (minted (- (+ first second) kept) supply full)))
(set-info :status unsat)
(check-sat)
(pop)

; They can mint less: the proof can fail.
(push)
(assert (< (+ minted_first minted_second) (minted (- (+ first second) kept) supply full)))
(set-info :status sat)
(check-sat)
(pop)
