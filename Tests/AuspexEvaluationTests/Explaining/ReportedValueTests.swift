import AuspexConfiguration
import AuspexEvaluation
import AuspexTensors
import Testing

@Suite struct ReportedValueTests {
    @Test(arguments: [
        ("49.9", 49.9, 0.05), ("50", 50, 0.5), ("0.0312", 0.0312, 0.00005), ("1.5e2", 150, 5), ("7.", 7, 0.5),
        ("-0.3", -0.3, 0.05), ("1e-99999999999", 0, 0),
    ])
    func digitsSayHowExactItIs(text: String, value: Double, rounding: Double) throws {
        let reported = try ReportedValue(text)
        #expect(reported.value == value)
        #expect(abs(reported.rounding - rounding) < 1e-12)
        #expect(abs(reported.tolerance - rounding - 0.001 * abs(value)) < 1e-12)
    }

    @Test(arguments: ["", "fifty", "nan", "inf", "4,9", "0x", "0e999", "1e999"]) func whatIsNoNumber(text: String) {
        #expect(
            throws: ConfigurationError(
                "reported value \(text): expected a number, for example 49.9", remedies: [.reportedValue])
        ) {
            try ReportedValue(text)
        }
    }
}
