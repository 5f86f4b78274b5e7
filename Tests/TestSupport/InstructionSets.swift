import AuspexTensors
import Foundation

private let choosing = NSLock()

/// Runs a test's body with the kernels of each instruction set that the processor has; one test at a time, because the choice is the program's.
package func forEveryInstructionSet(_ body: (Kernels.InstructionSet) throws -> Void) rethrows {
    choosing.lock()
    defer { choosing.unlock() }
    for set in Kernels.instructionSets { try Kernels.with(set) { try body(set) } }
}
