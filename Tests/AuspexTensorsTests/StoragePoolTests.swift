import AuspexTensors
import Testing

/// In separate processes: the pool belongs to the whole program.
@Suite("The storage pool returns what rounds of work no longer need")
struct StoragePoolTests {
    /// A round that needs `blocks` tensors of about `floats` numbers at one time.
    private static func round(blocks: Int, floats: Int) {
        let held = (0..<blocks).map { _ in Tensor(zeros: [floats]) }
        precondition(held.count == blocks)
        StoragePool.shared.endStep()
    }

    @Test func shapesThatNoLongerComeGoAfterTwoRounds() async {
        await #expect(processExitsWith: .success) {
            Self.round(blocks: 8, floats: 100_000)
            precondition(StoragePool.shared.statistics.liveBytes == 0)
            let most = StoragePool.shared.statistics.idleBytes
            precondition(most > 8 * 400_000)
            Self.round(blocks: 2, floats: 1_000)
            precondition(StoragePool.shared.statistics.idleBytes >= most)
            Self.round(blocks: 2, floats: 1_000)
            precondition(StoragePool.shared.statistics.idleBytes < 20_000)
        }
    }

    @Test func theSameRoundsTakeNothingFromTheSystem() async {
        await #expect(processExitsWith: .success) {
            for _ in 0..<2 { for floats in [100, 5_000, 700_000] { Self.rounds(floats) } }
            let before = StoragePool.shared.statistics.systemAllocations
            for _ in 0..<4 { Self.rounds(700_000) }
            precondition(StoragePool.shared.statistics.systemAllocations <= before + 3)
        }
    }

    private static func rounds(_ floats: Int) { for blocks in [3, 2, 3] { round(blocks: blocks, floats: floats) } }

    @Test func fewerAtOneTimeLeaveFewer() async {
        await #expect(processExitsWith: .success) {
            let kept = Tensor(zeros: [50_000])
            Self.round(blocks: 7, floats: 50_000)
            for _ in 0..<2 { Self.round(blocks: 3, floats: 50_000) }
            let statistics = StoragePool.shared.statistics
            precondition(statistics.liveCount == 1 && kept.count == 50_000)
            precondition(statistics.idleBytes == 3 * statistics.liveBytes)
            StoragePool.shared.trim()
            precondition(StoragePool.shared.statistics.idleBytes == 0)
        }
    }
}
