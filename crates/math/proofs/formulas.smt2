; The formulas of crates/math, over whole numbers of any size. The program's numbers have 64 bits: a
; result that does not fit is an error there, and never another number.
;
; `tests/proofs` evaluates every one of these beside the code.

(define-fun floor_ratio ((amount Int) (numerator Int) (denominator Int)) Int
  (div (* amount numerator) denominator))

(define-fun ceil_ratio ((amount Int) (numerator Int) (denominator Int)) Int
  (div (+ (* amount numerator) (- denominator 1)) denominator))

; What a deposit mints for the lamports that are left after fee and charge.
(define-fun minted ((buying Int) (supply Int) (full Int)) Int
  (floor_ratio buying supply full))

; What LST are worth when they leave.
(define-fun redeemed ((lst Int) (value Int) (supply Int)) Int
  (floor_ratio lst value supply))

; What a drip withholds while `left` of its `length` slots are left.
(define-fun withheld_at ((withheld Int) (left Int) (length Int)) Int
  (ceil_ratio withheld left length))

; What stays of a drip when LST leave.
(define-fun withheld_without ((withheld Int) (lst Int) (supply Int)) Int
  (floor_ratio withheld (- supply lst) supply))

; A share that is charged.
(define-fun charged ((lamports Int) (bps Int)) Int
  (ceil_ratio lamports bps 10000))

; The part of an instant exit's fee that is taken while the buffer falls from `upper` to `lower`, both
; at most `target`, where the rate rises from `min` to `max`.
(define-fun instant_fee ((upper Int) (lower Int) (target Int) (max Int) (min Int)) Int
  (div (+ (* (- upper lower)
             (- (* 2 target max) (* (+ upper lower) (- max min))))
          (- (* 20000 target) 1))
       (* 20000 target)))

; LST of the treasury for its fee.
(define-fun fee_lst ((fee Int) (full Int) (supply Int)) Int
  (ite (= fee full) 0 (floor_ratio fee supply (- full fee))))

; What a supply was worth at the high-water mark.
(define-fun mark_worth ((supply Int) (mark_full Int) (mark_supply Int)) Int
  (ceil_ratio supply mark_full mark_supply))

; What a ticket has earned of what its batch was paid.
(define-fun ticket_owed ((paid Int) (ticket Int) (batch Int)) Int
  (floor_ratio paid ticket batch))

; A validator's part where the cap cuts nobody.
(define-fun part ((whole Int) (weight Int) (weights Int)) Int
  (floor_ratio whole weight weights))

; LST of a batch that can be paid for.
(define-fun settled ((left Int) (spendable Int) (value Int) (supply Int)) Int
  (ite (= value 0) left
    (ite (< (floor_ratio spendable supply value) left) (floor_ratio spendable supply value) left)))

; What is kept ready for LST in the queue.
(define-fun queue_lamports ((lst Int) (full Int) (supply Int)) Int
  (ceil_ratio lst full supply))

; The fee of an exit with stake, in parts of 10^12 of what is redeemed.
(define-fun stake_exit_fee ((redeemed Int) (parts Int)) Int
  (ceil_ratio redeemed parts 1000000000000))

; LST whose exit takes so many lamports of stake.
(define-fun lst_for_stake ((lamports Int) (parts Int) (value Int) (supply Int)) Int
  (ceil_ratio
    (ceil_ratio (+ lamports 1) 1000000000000 (- 1000000000000 parts))
    supply value))
