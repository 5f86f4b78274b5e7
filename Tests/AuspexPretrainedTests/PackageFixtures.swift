import Foundation

/// Small files that Python wrote, to be read and to be damaged.
enum PackageFixtures {
    /// `pack/weights/a.bin`, "weights " 40 times, deflated, and `pack/stored.txt`, "as it is", stored; by Python's zipfile.
    static let wheel = bytes(
        "UEsDBBQAAAAIAAAAIVR1aLI4DgAAAEABAAASAAAAcGFjay93ZWlnaHRzL2EuYmluK0/NTM8oKVYoH6XJogFQSwMEFAAAAAAAAAAh"
            + "VLMkTpYIAAAACAAAAA8AAABwYWNrL3N0b3JlZC50eHRhcyBpdCBpc1BLAQIUAxQAAAAIAAAAIVR1aLI4DgAAAEABAAASAAAAAAAA"
            + "AAAAAACAAQAAAABwYWNrL3dlaWdodHMvYS5iaW5QSwECFAMUAAAAAAAAACFUsyROlggAAAAIAAAADwAAAAAAAAAAAAAAgAE+AAAA"
            + "cGFjay9zdG9yZWQudHh0UEsFBgAAAAACAAIAfQAAAHMAAAAAAA==")

    /// `pack-1.0/pack/weights/a.bin`, the same text, and an empty file; by Python's tarfile and gzip.
    static let source = bytes(
        "H4sIAAAAAAACA+3TQQrCMBCF4RylF7CZhLT3iVLaUJRgI+LtDaWFUhcFqYL4f5s3zGYWw4v+1B9MKTrmQd+b0HZp0L48hovai2S1"
            + "c2Nm65RqMY97Y13lVCHqC25D8td8Xv2n6eMF+V7++v/j3P/mHNPjMze2+v8yG7G2pv8AAAAAAAAAAAAAAADAlif5YA6NACgAAA==")

    /// `{'layer': {'kernel': [[[0, .25, .5], [.75, 1, 1.25]]], 'bias': [-1.5]}, 'stats/mean': {'x': [[[0, 1, 2, 3]]]}}`, float32, pickled by NumPy.
    static let protocol3 = bytes(
        "gAN9cQAoWAUAAABsYXllcnEBfXECKFgGAAAAa2VybmVscQNjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxBGNu"
            + "dW1weQpuZGFycmF5CnEFSwCFcQZDAWJxB4dxCFJxCShLAUsBSwJLA4dxCmNudW1weQpkdHlwZQpxC1gCAAAAZjRxDImIh3ENUnEO"
            + "KEsDWAEAAAA8cQ9OTk5K/////0r/////SwB0cRBiiUMYAAAAAAAAgD4AAAA/AABAPwAAgD8AAKA/cRF0cRJiWAQAAABiaWFzcRNo"
            + "BGgFSwCFcRRoB4dxFVJxFihLAUsBhXEXaA6JQwQAAMC/cRh0cRlidVgKAAAAc3RhdHMvbWVhbnEafXEbWAEAAAB4cRxoBGgFSwCF"
            + "cR1oB4dxHlJxHyhLAUsBSwFLBIdxIGgOiUMQAAAAAAAAgD8AAABAAABAQHEhdHEiYnN1Lg==")

    /// The same in protocol 4.
    static let protocol4 = bytes(
        "gASVLAEAAAAAAAB9lCiMBWxheWVylH2UKIwGa2VybmVslIwVbnVtcHkuY29yZS5tdWx0aWFycmF5lIwMX3JlY29uc3RydWN0lJOU"
            + "jAVudW1weZSMB25kYXJyYXmUk5RLAIWUQwFilIeUUpQoSwFLAUsCSwOHlGgHjAVkdHlwZZSTlIwCZjSUiYiHlFKUKEsDjAE8lE5O"
            + "Tkr/////Sv////9LAHSUYolDGAAAAAAAAIA+AAAAPwAAQD8AAIA/AACgP5R0lGKMBGJpYXOUaAZoCUsAhZRoC4eUUpQoSwFLAYWU"
            + "aBOJQwQAAMC/lHSUYnWMCnN0YXRzL21lYW6UfZSMAXiUaAZoCUsAhZRoC4eUUpQoSwFLAUsBSwSHlGgTiUMQAAAAAAAAgD8AAABA"
            + "AABAQJR0lGJzdS4=")

    private static func bytes(_ base64: String) -> [UInt8] {
        Data(base64Encoded: base64).map(Array.init) ?? []
    }
}
