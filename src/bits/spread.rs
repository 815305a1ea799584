//! Work side by side as an argument: whoever has threads lends them, and the results come in order all the same.

/// Does many pieces of work. The real one with threads is `host::threads::SideBySide`.
pub trait Spread: Sync {
    /// Does `work` for every number below `count` and hands the results to `take` in order, until it returns false.
    fn in_order<T: Send>(&self, count: usize, work: &(dyn Fn(usize) -> T + Sync), take: &mut dyn FnMut(T) -> bool);
}

/// One piece after the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct InTurn;

impl Spread for InTurn {
    fn in_order<T: Send>(&self, count: usize, work: &(dyn Fn(usize) -> T + Sync), take: &mut dyn FnMut(T) -> bool) {
        for index in 0..count {
            if !take(work(index)) {
                break;
            }
        }
    }
}
