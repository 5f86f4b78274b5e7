/// Runs tensor code on shapes alone: its tensors have no memory and no kernel runs, but memory and work are counted.
///
/// The counted code is the code that normally runs, so the count cannot diverge from it; it takes milliseconds and a few megabytes for
/// networks of any size. Code that reads numbers (a loss, a norm) gets ones. Such tensors belong to the pass: used outside of it, their
/// numbers read as ones, too.
///
/// Confined to the thread that makes it.
public final class ShapePass: @unchecked Sendable {
    /// The pass that this thread's new tensors belong to; nil if they get memory.
    @TaskLocal static var current: ShapePass?

    /// The counts of a pass.
    public struct Count: Sendable, Equatable {
        /// Nothing yet.
        public init() {}

        /// The peak size of live tensors, rounded to the pool's size classes.
        public fileprivate(set) var peakLiveBytes = 0
        /// What the storage pool takes from the system for that: it keeps blocks of every size for that size's own peak.
        public fileprivate(set) var footprintBytes = 0
        /// Every convolution by its parameters, and how often it ran.
        public fileprivate(set) var convolutions: [ConvolutionWork: Int] = [:]
        /// Floating-point operations of matrix products.
        public fileprivate(set) var matrixFLOP = 0.0
        /// Floating-point operations of convolutions and matrix products as papers count them: a convolution of an enlarged image, or one that is
        /// pooled afterwards, counts in full, and what is recomputed in the backward pass counts once; see `nominally` and `again`. A multiplication
        /// and an addition are two operations.
        public fileprivate(set) var nominalFLOP = 0.0
        /// Bytes written by everything else: elementwise operations, norms, warps, copies, updates.
        public fileprivate(set) var passBytes = 0.0
        /// Tensors that were made: each costs a call, whatever its size.
        public fileprivate(set) var tensors = 0
        /// Bytes of live tensors.
        public fileprivate(set) var liveBytes = 0

        /// The work since an earlier moment of the same pass; memory counts are unchanged.
        public func work(since earlier: Count) -> Count {
            var work = self
            for (convolution, times) in earlier.convolutions {
                work.convolutions[convolution, default: 0] -= times
                if work.convolutions[convolution] == 0 { work.convolutions[convolution] = nil }
            }
            work.matrixFLOP -= earlier.matrixFLOP
            work.nominalFLOP -= earlier.nominalFLOP
            work.passBytes -= earlier.passBytes
            work.tensors -= earlier.tensors
            return work
        }

        /// Floating-point operations of the convolutions and matrix products that would be executed.
        public var executedFLOP: Double {
            convolutions.reduce(matrixFLOP) { $0 + $1.key.flop * Double($1.value) }
        }
    }

    private var count = Count()
    private var live: [Int: (now: Int, most: Int)] = [:]
    /// The factor by which current convolutions count in `nominalFLOP`.
    private(set) var nominalFactor = 1.0
    /// Whether the current work has been done before.
    private var isAgain = false

    private init() {}

    /// Runs `body` on shapes and returns what it would take.
    public static func count(_ body: () throws -> Void) rethrows -> Count {
        let pass = ShapePass()
        try $current.withValue(pass) { try body() }
        return pass.count
    }

    /// The counts so far of the pass that runs on this thread; nil if none runs.
    public static var countSoFar: Count? { current?.count }

    /// Runs a part whose convolutions, and their gradients, are smaller or fewer than in papers: they count `factor` times.
    ///
    /// Outside of a pass over shapes this simply runs `body`.
    public static func nominally<Result>(times factor: Double, _ body: () throws -> Result) rethrows -> Result {
        guard let pass = current else { return try body() }
        let outer = pass.nominalFactor
        pass.nominalFactor *= factor
        defer { pass.nominalFactor = outer }
        return try body()
    }

    /// Runs work that papers do not count, so that it adds nothing to `nominalFLOP`: recomputation of a part of the forward pass, to save
    /// memory, or products of an optimizer.
    ///
    /// Outside of a pass over shapes this simply runs `body`.
    public static func again<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let pass = current else { return try body() }
        let outer = pass.isAgain
        pass.isAgain = true
        defer { pass.isAgain = outer }
        return try body()
    }

    /// An address that is not nil and is never dereferenced.
    static var nowhere: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: 1 << 6).unsafelyUnwrapped }

    func take(_ bytes: Int) -> Int {
        let capacity = StoragePool.sizeClass(bytes)
        count.liveBytes += capacity
        count.peakLiveBytes = max(count.peakLiveBytes, count.liveBytes)
        var blocks = live[capacity] ?? (0, 0)
        blocks.now += 1
        if blocks.now > blocks.most {
            blocks.most = blocks.now
            count.footprintBytes += capacity
        }
        live[capacity] = blocks
        count.tensors += 1
        count.passBytes += Double(bytes)
        return capacity
    }

    func giveBack(capacity: Int) {
        count.liveBytes -= capacity
        live[capacity]?.now -= 1
    }

    /// Records a convolution whose outputs and scratch memory, of this many bytes, were already counted.
    func note(_ work: ConvolutionWork, writing bytes: Int, nominalFactor: Double) {
        count.convolutions[work, default: 0] += 1
        if !isAgain { count.nominalFLOP += work.flop * nominalFactor }
        count.passBytes -= Double(bytes)
    }

    func noteMatrixProduct(_ flop: Double, writing bytes: Int) {
        count.matrixFLOP += flop
        if !isAgain { count.nominalFLOP += flop }
        count.passBytes -= Double(bytes)
    }

    /// Records an in-place change.
    func noteUpdate(of bytes: Int) { count.passBytes += Double(bytes) }
}

/// A convolution in one direction, with everything that its time depends on.
public struct ConvolutionWork: Hashable, Sendable {
    /// Which of the three products is computed.
    public enum Direction: String, Sendable, CaseIterable {
        /// The output from input and weight.
        case forward
        /// The input's gradient from the output's and the weight.
        case backwardData
        /// The weight's gradient from the input and the output's gradient.
        case backwardWeights
    }

    /// Which of the three products is computed.
    public let direction: Direction
    /// Images or clips, N.
    public let batch: Int
    /// Spatial sides, (time,) height and width.
    public let input: [Int]
    /// The output's sides, in the order of `input`.
    public let output: [Int]
    /// The kernel's sides, in the order of `input`.
    public let kernel: [Int]
    /// Strides, in the order of `input`.
    public let stride: [Int]
    /// Zeros before each side.
    public let before: [Int]
    /// Channels of the input, of all groups together.
    public let inputChannels: Int
    /// Channels of the output, of all groups together.
    public let outputChannels: Int
    /// Number of channel groups, which are convolved separately.
    public let groups: Int

    /// Floating-point operations: taps that meet the padding count, as in oneDNN's and PyTorch's counts.
    public var flop: Double {
        let places = output.reduce(Double(batch)) { $0 * Double($1) }
        return kernel.reduce(2 * places * Double(inputChannels / groups) * Double(outputChannels)) { $0 * Double($1) }
    }
}
