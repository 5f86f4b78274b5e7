/// Runs tensor code on shapes alone: tensors made inside have no memory and no kernel runs, but memory and work are counted.
///
/// The code that is counted is the code that runs otherwise, so the count cannot drift from it, and it takes milliseconds and a few megabytes for
/// networks of any size. Where code looks at numbers (a loss, a norm) it reads ones. Such tensors belong to the pass: used outside of it their
/// numbers read as ones too.
///
/// Confined to the thread that makes it.
public final class ShapePass: @unchecked Sendable {
    /// The pass that this thread's new tensors belong to; nil where they get memory.
    @TaskLocal static var current: ShapePass?

    /// What a pass came to.
    public struct Count: Sendable, Equatable {
        /// Nothing yet.
        public init() {}

        /// The most that live tensors take at one time, as rounded to the pool's size classes.
        public fileprivate(set) var peakLiveBytes = 0
        /// What the storage pool takes from the system for that: it keeps a block for every size at its own worst moment.
        public fileprivate(set) var footprintBytes = 0
        /// Every convolution by what it computes, and how often it ran.
        public fileprivate(set) var convolutions: [ConvolutionWork: Int] = [:]
        /// Floating-point operations of matrix products.
        public fileprivate(set) var matrixFLOP = 0.0
        /// Floating-point operations of convolutions and matrix products as a paper writes them: a convolution of an enlarged image, or one that is
        /// pooled afterwards, counts in full, and what is computed again on the way back counts once; see `nominally` and `again`. A multiplication
        /// and an addition are two.
        public fileprivate(set) var nominalFLOP = 0.0
        /// Bytes written by everything else: element by element, norms, warps, copies, updates.
        public fileprivate(set) var passBytes = 0.0
        /// Tensors that were made: each costs a call, however small it is.
        public fileprivate(set) var tensors = 0
        /// Bytes of tensors that live now.
        public fileprivate(set) var liveBytes = 0

        /// The work since an earlier moment of the same pass; memory is left as it is.
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
    /// How many times the convolutions that are made now count in `nominalFLOP`.
    private(set) var nominalFactor = 1.0
    /// Whether what runs now has run before.
    private var isAgain = false

    private init() {}

    /// Runs `body` on shapes and returns what it would have taken.
    public static func count(_ body: () throws -> Void) rethrows -> Count {
        let pass = ShapePass()
        try $current.withValue(pass) { try body() }
        return pass.count
    }

    /// What the pass that runs on this thread has counted so far; nil where none runs.
    public static var countSoFar: Count? { current?.count }

    /// Runs a part whose convolutions, and their gradients, are smaller or fewer than a paper writes them: they count `factor` times.
    ///
    /// Where no pass over shapes runs, this is `body` and nothing else.
    public static func nominally<Result>(times factor: Double, _ body: () throws -> Result) rethrows -> Result {
        guard let pass = current else { return try body() }
        let outer = pass.nominalFactor
        pass.nominalFactor *= factor
        defer { pass.nominalFactor = outer }
        return try body()
    }

    /// Runs what no paper writes among a network's work, so that it adds nothing to `nominalFLOP`: a part of the forward pass that ran before, to save
    /// memory, or products of an optimizer.
    ///
    /// Where no pass over shapes runs, this is `body` and nothing else.
    public static func again<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let pass = current else { return try body() }
        let outer = pass.isAgain
        pass.isAgain = true
        defer { pass.isAgain = outer }
        return try body()
    }

    /// An address that is not nil and belongs to nobody.
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

    /// Notes a convolution whose outputs and scratch memory, of so many bytes, were taken already.
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

    /// Notes numbers that are changed in place.
    func noteUpdate(of bytes: Int) { count.passBytes += Double(bytes) }
}

/// A convolution in one direction, as far as its time depends on it.
public struct ConvolutionWork: Hashable, Sendable {
    /// What is computed from what.
    public enum Direction: String, Sendable, CaseIterable {
        /// The output from input and weight.
        case forward
        /// The input's gradient from the output's and the weight.
        case backwardData
        /// The weight's gradient from the input and the output's gradient.
        case backwardWeights
    }

    /// Which of the three products it is.
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
    /// Groups of channels that do not see each other.
    public let groups: Int

    /// Floating-point operations: taps that meet the padding count, as in oneDNN's and PyTorch's counts.
    public var flop: Double {
        let places = output.reduce(Double(batch)) { $0 * Double($1) }
        return kernel.reduce(2 * places * Double(inputChannels / groups) * Double(outputChannels)) { $0 * Double($1) }
    }
}
