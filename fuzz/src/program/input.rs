//! What an input says: which instructions, and what is wrong with them.

use arbitrary::Arbitrary;

/// Up to three instructions, one after another, at a stage.
#[derive(Arbitrary, Debug)]
pub struct Input {
    /// The stage, by its number.
    pub stage: u8,
    /// Whether accounts are not what any instruction could leave.
    pub is_forged: bool,
    /// The first instruction.
    pub first: Call,
    /// Others on what it left.
    pub then: Vec<Call>,
}

/// The most instructions that follow the first one.
pub const MOST_LATER: usize = 2;

/// An instruction that works, and what is changed about it.
#[derive(Arbitrary, Debug)]
pub struct Call {
    /// The instruction, by its number at the stage.
    pub case: u8,
    /// The changes, in order.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Arbitrary, Debug)]
pub enum Change {
    /// A byte of the arguments.
    Byte { at: u8, byte: u8 },
    /// A number in the arguments.
    Number { at: u8, number: Number },
    /// The arguments end there.
    CutData { at: u8 },
    /// Something follows the arguments.
    MoreData { bytes: Vec<u8> },
    /// Another discriminator: of the instruction with this number.
    Instruction { case: u8 },
    /// Another account at a place.
    Account { at: u8, known: u16 },
    /// Two places swapped.
    Swap { one: u8, other: u8 },
    /// An account left out.
    LeaveOut { at: u8 },
    /// An account that was not asked for, so many times.
    Insert { at: u8, known: u16, times: u8 },
    /// Who signs.
    Signs { at: u8, signs: bool },
    /// Who may be written.
    Writable { at: u8, writable: bool },
    /// Lamports that anybody gives to an account.
    Give { at: u8, lamports: Number },
    /// Bytes of an account; only where the input is forged.
    Forge { at: u8, offset: u16, bytes: [u8; 8] },
    /// A number in an account; only where the input is forged.
    ForgeNumber { at: u8, offset: u16, number: Number },
    /// The length of an account; only where the input is forged.
    Resize { at: u8, length: u16 },
    /// The owner of an account; only where the input is forged.
    Owner { at: u8, known: u16 },
    /// The lamports of an account; only where the input is forged.
    Lamports { at: u8, lamports: Number },
}

/// A number that something may forget about, or any other.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Number {
    /// Zero.
    Zero,
    /// One.
    One,
    /// The highest, and so many less.
    Highest(u8),
    /// The highest that has a sign, and so many more.
    Signed(u8),
    /// A power of two.
    Power(u8),
    /// One SOL, so many times.
    Sol(u16),
    /// Any.
    Any(u64),
}

impl Number {
    /// The number.
    pub fn get(self) -> u64 {
        match self {
            Self::Zero => 0,
            Self::One => 1,
            Self::Highest(less) => u64::MAX - u64::from(less),
            Self::Signed(more) => (u64::MAX / 2) + u64::from(more),
            Self::Power(exponent) => 1 << (exponent % 64),
            Self::Sol(times) => u64::from(times) * 1_000_000_000,
            Self::Any(number) => number,
        }
    }
}
