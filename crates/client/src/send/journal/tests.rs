use super::*;

fn journal(name: &str, cluster: &str) -> Journal {
    let folder = format!("sluice-journal-{}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    Journal::new(folder.join(name), cluster.to_owned())
}

fn note(journal: &Journal, byte: u8) -> String {
    let signature = Signature::from([byte; 64]);
    let (payer, what) = ("payer".to_owned(), "Sluice deposit_sol".to_owned());
    journal.note(signature, payer, what, Some(7), None).unwrap();
    signature.to_string()
}

#[test]
fn what_is_noted_outlives_its_writer_until_it_is_struck_out() {
    let ours = journal("kept", "a");
    assert_eq!(ours.pending().unwrap(), [], "no file yet");
    let [first, second] = [1, 2].map(|byte| note(&ours, byte));
    note(&journal("kept", "b"), 3);
    let later = journal("kept", "a");
    let signatures = |pending: Vec<Pending>| {
        pending
            .into_iter()
            .map(|one| one.signature)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        signatures(later.pending().unwrap()),
        [first.clone(), second.clone()]
    );
    assert!(later.strike_out(&first).unwrap());
    assert!(!later.strike_out(&first).unwrap(), "once is enough");
    assert_eq!(signatures(ours.pending().unwrap()), [second]);
    assert_eq!(journal("kept", "b").pending().unwrap().len(), 1);
    assert_eq!(ours.signed().len(), 2, "nothing of it was told");
    assert!(later.signed().is_empty());
    fs::remove_dir_all(ours.path.parent().unwrap()).ok();
}

#[test]
fn what_is_decided_stays_noted_until_it_was_told_and_what_is_doubted_stays() {
    let ours = journal("decided", "a");
    let [told, doubted] = [4, 5].map(|byte| {
        note(&ours, byte);
        Signature::from([byte; 64])
    });
    ours.decide(&told);
    ours.decide(&doubted);
    assert!(ours.is_decided(&told) && ours.is_decided(&doubted));
    ours.doubt(&doubted);
    assert!(!ours.is_decided(&doubted));
    assert_eq!(ours.pending().unwrap().len(), 2, "nothing was told yet");
    ours.strike_out_decided().unwrap();
    let left = ours.pending().unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].signature, doubted.to_string());
    assert_eq!(ours.signed(), [doubted], "what was told is not kept");
    assert!(ours.is_of_another(&told) && !ours.is_of_another(&doubted));
    fs::remove_file(&ours.path).unwrap();
}

#[test]
fn commands_that_note_at_once_lose_nothing() {
    std::thread::scope(|scope| {
        for byte in 0..8 {
            scope.spawn(move || note(&journal("shared", "a"), byte));
        }
    });
    let all = journal("shared", "a");
    assert_eq!(all.pending().unwrap().len(), 8);
    fs::remove_file(&all.path).unwrap();
}

#[test]
fn a_journal_that_cannot_be_used_is_an_error_that_names_it() {
    let damaged = journal("damaged", "a");
    fs::create_dir_all(damaged.path.parent().unwrap()).unwrap();
    fs::write(&damaged.path, "no JSON\n").unwrap();
    let said = damaged.pending().unwrap_err().to_string();
    assert!(said.contains(&damaged.path.display().to_string()), "{said}");
    fs::remove_file(&damaged.path).unwrap();
}

#[test]
fn a_clock_that_is_set_back_or_ahead_makes_nothing_older_or_younger() {
    let mut ours = journal("clock", "a");
    let hour = 3_600;
    let real = ours.clock.began_unix;
    for began_unix in [real - hour, real, real + hour] {
        // The clock at the start; what it is set to afterwards does not matter.
        ours.clock.began_unix = began_unix;
        let entry = |signed_at| Pending {
            signature: String::new(),
            cluster: String::new(),
            payer: String::new(),
            what: String::new(),
            last_valid_height: None,
            signed_at,
            pool: None,
        };
        note(&ours, 9);
        let noted = ours.pending().unwrap().pop().unwrap();
        assert!(ours.age_seconds(&noted) <= 1, "{noted:?}");
        assert!(ours.age_seconds(&entry(began_unix - 70)) >= 70);
        assert!(ours.age_seconds(&entry(began_unix + hour)) <= 1);
        ours.clock.began = Instant::now()
            .checked_sub(Duration::from_secs(300))
            .unwrap();
        let age = ours.age_seconds(&entry(began_unix + hour));
        assert!(
            age >= 300,
            "signed in the future, it is as old as this value: {age}"
        );
        ours.clock.began = Instant::now();
    }
    fs::remove_file(&ours.path).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_for_a_note_is_found_although_an_empty_journal_can_be_replaced() {
    let ours = journal("full", "a");
    let trial = ours.path.with_extension("trial");
    fs::create_dir_all(trial.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("/dev/full", &trial).unwrap();
    let said = ours.check().unwrap_err().to_string();
    assert!(said.contains("No space left"), "{said}");
    assert!(!trial.exists());
    ours.check().unwrap();
}

#[test]
fn a_lock_that_another_program_keeps_is_waited_for_only_so_long() {
    let ours = journal("locked", "a");
    note(&ours, 10);
    let held = lock(&ours.path.with_extension("lock")).unwrap();
    let began = Instant::now();
    let said = ours.check().unwrap_err().to_string();
    assert!(said.contains("another program holds its lock"), "{said}");
    assert!(began.elapsed() < LOCK_PATIENCE + Duration::from_secs(3));
    drop(held);
    ours.check().unwrap();
    assert_eq!(ours.pending().unwrap().len(), 1);
    fs::remove_file(&ours.path).unwrap();
}

#[test]
fn a_year_of_transactions_leaves_nothing_in_memory_once_it_was_told() {
    let ours = journal("year", "a");
    for _ in 0..50 {
        for byte in 0..4 {
            note(&ours, byte);
            ours.decide(&Signature::from([byte; 64]));
        }
        ours.strike_out_decided().unwrap();
        assert_eq!(
            (ours.signed().len(), ours.decided.lock().unwrap().len()),
            (0, 0)
        );
    }
    fs::remove_file(&ours.path).unwrap();
}

#[test]
fn what_cannot_be_struck_out_stays_decided_and_what_cannot_be_noted_is_not_signed() {
    let ours = journal("stuck", "a");
    note(&ours, 11);
    let signature = Signature::from([11; 64]);
    ours.decide(&signature);
    let noted = fs::read(&ours.path).unwrap();
    fs::write(&ours.path, "no JSON\n").unwrap();
    assert!(ours.strike_out_decided().is_err());
    let (payer, what) = ("payer".to_owned(), "Sluice deposit_sol".to_owned());
    let refused = ours.note(Signature::from([12; 64]), payer, what, None, None);
    assert!(refused.is_err());
    assert_eq!(ours.signed(), [signature]);
    assert!(ours.is_decided(&signature), "it is not told twice");
    fs::write(&ours.path, noted).unwrap();
    ours.strike_out_decided().unwrap();
    assert_eq!((ours.pending().unwrap(), ours.signed()), (vec![], vec![]));
    fs::remove_file(&ours.path).unwrap();
}
