//! Plays a sequence in a scene.

use super::{
    genome::Genome,
    keeper,
    market::{Market, Position},
    moves::Move,
    scene::{HolderMove, Kind, MOST_EPOCHS, Scene},
    twin::Twin,
};
use crate::action::Action;

/// When somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The pool has just been priced.
    Morning,
    /// Three tenths of the epoch have passed, and honest holders have acted.
    Noon,
    /// The last slot before the window.
    BeforeWindow,
    /// The window has come, and nobody has cranked.
    Window,
    /// The window has just been cranked.
    Evening,
    /// The last slot of the epoch.
    LastSlot,
    /// The boundary has passed, and nobody has cranked.
    Unpriced,
}

/// How many there are.
pub const MOMENTS: usize = 7;
const NOON_BPS: u64 = 3_000;

/// What came of a sequence, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// What she has beyond what somebody honest has of the same capital after the same time. Where epochs
    /// do not pay alike, no more than what others lose by her trades: who knows which validator will be
    /// lucky can do better than the average with capital of her own, and takes that from nobody.
    pub profit: i128,
    /// What the others have less than in peace.
    pub loss: i128,
    /// The most that her LST were worth at a time.
    pub capital: u64,
    /// Trades that were accepted.
    pub trades: u64,
    /// Steps that the model has answered.
    pub steps: u64,
}

impl Played {
    /// The profit in basis points of the capital, with three decimals, rounded up.
    pub fn profit_bps(&self) -> String {
        let capital = i128::from(self.capital.max(1));
        let e3 = (self.profit * 10_000_000).div_euclid(capital) + 1;
        let sign = if e3 < 0 { "-" } else { "" };
        format!("{sign}{}.{:03}", e3.abs() / 1_000, e3.abs() % 1_000)
    }
}

/// One life of a scene.
struct Stage<'a> {
    scene: &'a Scene,
    market: Market,
    /// Who is there, and follows her.
    hostile: Option<(&'a Genome, Twin)>,
    before: Position,
    /// What each holder who left at once has left to those who stay.
    left: Vec<u64>,
    played: Played,
}

/// What comes of a scene in which nobody is hostile, in lamports.
#[derive(Clone, Debug, Default)]
pub struct Peace {
    /// What all others have at the end of each epoch.
    pub others: Vec<i128>,
    /// What each holder who left at once has left to those who stay, in the order of time.
    pub left: Vec<u64>,
}

/// Plays a scene without anybody hostile.
pub fn in_peace(scene: &Scene) -> Peace {
    let mut stage = Stage::of(scene, None, false);
    let epoch = |epoch| {
        stage.live_an_epoch(epoch);
        stage.market.others()
    };
    let others = (0..MOST_EPOCHS).map(epoch).collect();
    Peace {
        others,
        left: stage.left,
    }
}

/// Plays a sequence over so many epochs. The actions are told where that is asked for.
pub fn play(scene: &Scene, genome: &Genome, epochs: usize, tells: bool) -> (Played, Market) {
    let mut stage = Stage::of(scene, Some(genome), tells);
    for epoch in 0..epochs {
        stage.live_an_epoch(epoch);
    }
    let others = stage.market.others();
    stage.played.loss = scene.peace.others[epochs - 1] - others;
    stage.morning();
    let Stage {
        market,
        mut played,
        hostile,
        ..
    } = stage;
    if let Some((_, twin)) = hostile {
        let worth = twin.worth(&scene.index, &market.model.now);
        let beyond = market.wealth() - worth;
        played.profit = match scene.kind {
            Kind::Lucky if beyond > 0 => {
                let without = others_without_trades(scene, genome, epochs);
                beyond.min((without - others).max(0))
            }
            _ => beyond,
        };
    }
    played.steps = market.steps;
    (played, market)
}

/// What others have at the end where her validators and the keepers do the same, but she does not trade.
fn others_without_trades(scene: &Scene, genome: &Genome, epochs: usize) -> i128 {
    let genome = genome.without_trades();
    if genome.genes.is_empty() {
        return scene.peace.others[epochs - 1];
    }
    let mut stage = Stage::of(scene, Some(&genome), false);
    for epoch in 0..epochs {
        stage.live_an_epoch(epoch);
    }
    stage.market.others()
}

impl<'a> Stage<'a> {
    fn of(scene: &'a Scene, genome: Option<&'a Genome>, tells: bool) -> Self {
        let mut market = scene.morning.clone();
        market.actions = tells.then(Vec::new);
        if let Some(weakness) = scene.weakness.filter(|_| genome.is_some()) {
            market.weaken(weakness);
        }
        let before = market.position();
        let twin = Twin::of(&before, &market.model, &scene.index);
        let capital = market.lst_worth();
        Self {
            scene,
            market,
            hostile: genome.map(|genome| (genome, twin)),
            before,
            left: Vec::new(),
            played: Played {
                capital,
                ..Played::default()
            },
        }
    }

    fn live_an_epoch(&mut self, epoch: usize) {
        let awake = self
            .hostile
            .as_ref()
            .is_none_or(|(genome, _)| !genome.sleeps(epoch));
        if epoch > 0 && awake {
            self.morning();
        }
        let (window, last) = {
            let market = &self.market;
            (
                market.model.window(market.model.now.epoch),
                market.last_slot(),
            )
        };
        let noon = self.market.slot_at(NOON_BPS);
        self.act(epoch, Moment::Morning, noon);
        self.market.wait(noon);
        self.holders_act(epoch);
        self.act(epoch, Moment::Noon, window - 1);
        self.market.wait(window - 1);
        self.act(epoch, Moment::BeforeWindow, window);
        self.market.wait(window);
        self.act(epoch, Moment::Window, last);
        if awake {
            keeper::turn_window(&mut self.market);
        }
        self.act(epoch, Moment::Evening, last);
        self.market.wait(last);
        self.act(epoch, Moment::LastSlot, last + 1);
        self.pass_boundary(epoch);
        self.act(epoch, Moment::Unpriced, 0);
        let awake_next = self
            .hostile
            .as_ref()
            .is_none_or(|(genome, _)| !genome.sleeps(epoch + 1));
        if awake_next {
            keeper::price(&mut self.market);
        }
        if let Some(weakness) = self.scene.weakness.filter(|_| self.hostile.is_some()) {
            self.market.weaken(weakness);
        }
    }

    /// The epoch is priced: what is due is collected, settled and paid, and who breaks a rule must go.
    fn morning(&mut self) {
        let before = Shares::of(&self.market);
        keeper::tidy(&mut self.market);
        self.share_what_others_left(&before, u64::MAX);
        if self.is_watched() {
            keeper::eject(&mut self.market);
        }
        self.follow();
    }

    fn is_watched(&self) -> bool {
        let watched = self.hostile.as_ref();
        watched.is_some_and(|(genome, _)| genome.has_misconduct())
    }

    fn act(&mut self, epoch: usize, moment: Moment, next_slot: u64) {
        let Some((genome, _)) = &self.hostile else {
            return;
        };
        for chosen in genome.at(epoch, moment) {
            self.earn();
            let before = Shares::of(&self.market);
            let is_trade = chosen.make(&mut self.market, next_slot);
            self.played.trades += u64::from(is_trade);
            if matches!(chosen, Move::Crank(..)) {
                self.share_what_others_left(&before, u64::MAX);
            }
            if !matches!(chosen, Move::Wait(_)) {
                self.follow();
            }
        }
    }

    /// The twin's stake earns up to now.
    fn earn(&mut self) {
        let now = &self.market.model.now;
        let Some((_, twin)) = &mut self.hostile else {
            return;
        };
        let first = self.scene.morning.model.now.epoch;
        let luck = &self.scene.luck[(now.epoch - first) as usize];
        twin.earn(luck, now.schedule.get_slots_in_epoch(now.epoch), now.slot);
    }

    /// The twin does what she has just done, and she is measured.
    fn follow(&mut self) {
        if self.hostile.is_none() {
            return;
        }
        self.earn();
        let after = self.market.position();
        if let Some((_, twin)) = &mut self.hostile {
            let now = &self.market.model.now;
            twin.follow(&self.before, &after, &self.scene.index, now);
        }
        self.before = after;
        self.played.capital = self.played.capital.max(self.market.lst_worth());
    }

    fn pass_boundary(&mut self, epoch: usize) {
        let last = self.market.last_slot() + 1;
        if let Some((_, twin)) = &mut self.hostile {
            let now = &self.market.model.now;
            let slots = now.schedule.get_slots_in_epoch(now.epoch);
            twin.earn(&self.scene.luck[epoch], slots, last);
            twin.end_epoch();
        }
        self.market.pass_boundary(&self.scene.luck[epoch]);
        self.before = self.market.position();
    }

    fn holders_act(&mut self, epoch: usize) {
        for (user, chosen) in &self.scene.holders[epoch] {
            let user = *user;
            let held = self.market.model.holders[user].lst;
            let action = match *chosen {
                HolderMove::Deposit(lamports) => Action::Deposit {
                    user,
                    lamports,
                    minimum: 0,
                },
                HolderMove::Withdraw(lst) => Action::Withdraw {
                    user,
                    lst: lst.min(held),
                    minimum: 0,
                },
                HolderMove::Request(lst) => {
                    let mut queue = self.market.model.queue.clone();
                    queue.roll(self.market.model.now.slot);
                    Action::request(user, lst.min(held), queue.open)
                }
            };
            let before = Shares::of(&self.market);
            self.market.act(action);
            if matches!(chosen, HolderMove::Withdraw(_)) {
                let number = self.left.len();
                self.left.push(before.left_by_others(&self.market));
                let in_peace = self.scene.peace.left.get(number);
                self.share_what_others_left(&before, in_peace.copied().unwrap_or(0));
            }
        }
    }

    /// Others who leave at the exit price leave something to those who stay. That is no profit: the twin has
    /// it, too, as far as it is no more than it would be in peace.
    fn share_what_others_left(&mut self, before: &Shares, in_peace: u64) {
        let Some((_, twin)) = &mut self.hostile else {
            return;
        };
        let left = before.left_by_others(&self.market).min(in_peace);
        if left > 0 {
            let stays = self.market.position().lst;
            twin.receive(left, stays, self.market.supply());
        }
    }
}

/// Who shared in the pool before some left.
struct Shares {
    full: u64,
    supply: u64,
    hers: u64,
}

impl Shares {
    fn of(market: &Market) -> Self {
        Self {
            full: market.model.full(),
            supply: market.supply(),
            hers: market.position().lst,
        }
    }

    /// What others have left since to those who stay, in lamports: what is there beyond the part of the LST
    /// that are left, as far as it was not she who left.
    fn left_by_others(&self, after: &Market) -> u64 {
        let supply = after.supply();
        let gone = self.supply.saturating_sub(supply);
        if gone == 0 {
            return 0;
        }
        let part = u128::from(self.full) * u128::from(supply) / u128::from(self.supply);
        let left = u128::from(after.model.full()).saturating_sub(part);
        let others = gone.saturating_sub(self.hers.saturating_sub(after.position().lst));
        let theirs = left * u128::from(others) / u128::from(gone);
        u64::try_from(theirs).unwrap_or(u64::MAX)
    }
}
