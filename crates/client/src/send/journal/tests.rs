use solana_message::VersionedMessage;

use super::*;

fn journal(name: &str, cluster: &str) -> Journal {
    let folder = format!("sluice-journal-{}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    Journal::new(folder.join(name), cluster.to_owned())
}

fn errand() -> Errand {
    Errand::of(&VersionedMessage::default(), &[])
}

fn note(journal: &Journal, byte: u8) -> String {
    let signature = Signature::from([byte; 64]);
    journal.note(signature, errand(), Some(7), None).unwrap();
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
fn a_damaged_line_is_an_error_that_names_it_and_the_others_can_be_read() {
    let ours = journal("damaged", "a");
    let first = note(&ours, 1);
    let line = fs::read_to_string(&ours.path).unwrap();
    fs::write(&ours.path, format!("{line}no JSON\n{line}")).unwrap();
    let damage = ours.damage().unwrap().unwrap();
    assert!(matches!(
        damage,
        ClientError::JournalDamaged { line: 2, .. }
    ));
    let said = damage.to_string();
    assert!(said.contains(&ours.path.display().to_string()), "{said}");
    let read = ours.pending().unwrap();
    assert_eq!(read.len(), 2);
    assert!(read.iter().all(|entry| entry.signature == first));
    let refused = ours.note(Signature::from([2; 64]), errand(), None, None);
    assert!(matches!(refused, Err(ClientError::JournalDamaged { .. })));
    assert!(ours.check().is_err(), "nothing in it is overwritten");
    fs::remove_file(&ours.path).unwrap();
}

#[test]
fn a_line_that_a_kill_left_unfinished_is_no_damage() {
    let ours = journal("torn", "a");
    let whole = note(&ours, 1);
    let line = fs::read_to_string(&ours.path).unwrap();
    for end in 1..line.len() {
        fs::write(&ours.path, format!("{line}{}", &line[..end - 1])).unwrap();
        assert!(ours.damage().unwrap().is_none());
        let read = ours.pending().unwrap();
        assert_eq!((read.len(), &read[0].signature), (1, &whole));
    }
    let next = note(&ours, 2);
    let read = ours.pending().unwrap();
    assert_eq!(read.last().unwrap().signature, next);
    assert_eq!(read.len(), 2);
    fs::remove_file(&ours.path).unwrap();
}

#[test]
fn what_a_run_notes_is_under_way_for_others_until_that_run_ends() {
    let (ours, later) = (journal("runs", "a"), journal("runs", "a"));
    note(&ours, 1);
    let noted = later.pending().unwrap().pop().unwrap();
    assert!(later.is_under_way(&noted));
    assert!(!ours.is_under_way(&noted), "its own");
    let folder = ours.path.parent().unwrap().to_owned();
    drop(ours);
    assert!(!later.is_under_way(&noted));
    let left = fs::read_dir(&folder).unwrap().map(|file| file.unwrap());
    let runs = left.filter(|file| file.file_name().to_string_lossy().contains("run-"));
    assert_eq!(runs.count(), 0, "no file is left behind");
    let elsewhere = Pending {
        writer: Some("../../etc/passwd".to_owned()),
        ..noted
    };
    assert!(!later.is_under_way(&elsewhere));
    fs::remove_file(&later.path).unwrap();
}

#[test]
fn what_was_told_is_noted_with_what_is_struck_out() {
    let ours = journal("told", "a");
    let [failed, open] = [1, 2].map(|byte| {
        note(&ours, byte);
        Signature::from([byte; 64])
    });
    ours.tell(&failed, Told::Failed);
    ours.tell_open();
    assert!(ours.pending().unwrap().iter().all(|one| one.told.is_none()));
    ours.strike_out_decided().unwrap();
    let told = |of: &Signature| {
        let mut all = ours.pending().unwrap().into_iter();
        all.find(|one| one.signature == of.to_string())
            .unwrap()
            .told
    };
    assert_eq!(told(&failed), Some(Told::Failed));
    assert_eq!(told(&open), Some(Told::Undecided));
    fs::remove_file(&ours.path).unwrap();
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
            by: None,
            about: None,
            nonce: None,
            amount: None,
            writer: None,
            told: None,
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

#[test]
fn what_a_clock_ahead_noted_grows_older_from_the_first_look_on() {
    let mut ahead = journal("ahead", "a");
    let real = ahead.clock.began_unix;
    ahead.clock.began_unix += 86_400;
    note(&ahead, 12);
    let signed_at = || ahead.pending().unwrap()[0].signed_at;
    assert!(signed_at() >= real + 86_400);
    journal("ahead", "a").check().unwrap();
    assert!(signed_at() <= real + 60);
    fs::remove_file(&ahead.path).unwrap();
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
    let refused = ours.note(Signature::from([12; 64]), errand(), None, None);
    assert!(refused.is_err());
    assert_eq!(ours.signed(), [signature]);
    assert!(ours.is_decided(&signature), "it is not told twice");
    fs::write(&ours.path, noted).unwrap();
    ours.strike_out_decided().unwrap();
    assert_eq!((ours.pending().unwrap(), ours.signed()), (vec![], vec![]));
    fs::remove_file(&ours.path).unwrap();
}
