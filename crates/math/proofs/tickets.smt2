; Two tickets of a batch, the second of which may stand for any number of them: so no number of tickets
; is owed more than the batch was paid.
(declare-const paid Int)
(declare-const one Int)
(declare-const others Int)
(declare-const batch Int)
(declare-const more Int)
(assert (and (<= 0 paid) (<= 0 one) (<= 0 others) (< 0 batch) (<= (+ one others) batch) (<= 0 more)))
(set-info :status sat)
(check-sat)

(push)
(assert (> (+ (ticket_owed paid one batch) (ticket_owed paid others batch))
           (ticket_owed paid (+ one others) batch)))
(set-info :status unsat)
(check-sat)
(pop)

; All of them are owed all of it.
(push)
(assert (not (= (ticket_owed paid batch batch) paid)))
(set-info :status unsat)
(check-sat)
(pop)

; What a ticket has claimed is still owed to it after a further payment.
(push)
(assert (< (ticket_owed (+ paid more) one batch) (ticket_owed paid one batch)))
(set-info :status unsat)
(check-sat)
(pop)

; Rounded up, two tickets would be owed more than there is: the proof can fail.
(push)
(assert (> (+ (ceil_ratio paid one batch) (ceil_ratio paid others batch)) paid))
(set-info :status sat)
(check-sat)
(pop)
