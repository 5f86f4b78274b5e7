import AuspexTensors

/// How many more tensor storages live after `body` than before; 0 where nothing was kept.
///
/// The pool counts for the whole program: call this where no other test runs, in an exit test.
package func storagesKept(by body: () throws -> Void) rethrows -> Int {
    let before = StoragePool.shared.statistics.liveCount
    try body()
    return StoragePool.shared.statistics.liveCount - before
}
