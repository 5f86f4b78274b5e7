import AuspexSupport
import Testing

@Suite struct NumberTextTests {
    @Test func digitsAfterThePoint() {
        #expect(NumberText.fixed(3.1, decimals: 2) == "3.10" && NumberText.fixed(-0.25, decimals: 0) == "-0")
        #expect(NumberText.signed(0.5, decimals: 1) == "+0.5" && NumberText.signed(0, decimals: 1) == "0.0")
        #expect(NumberText.trimmed(25, decimals: 3) == "25" && NumberText.trimmed(29.97003, decimals: 3) == "29.97")
        #expect(NumberText.nearest(0.10004) == "0.1" && NumberText.nearest(3) == "3.0")
        #expect(NumberText.powers(2e6, digits: 1) == "2e+06" && NumberText.powers(2.5e-5, digits: 3) == "2.5e-05")
    }

    @Test(arguments: [(0.4, "0:00"), (184, "3:04"), (7384, "2:03:04"), (.infinity, "277777:46:40")])
    func clock(seconds: Double, text: String) { #expect(HumanUnits.clock(seconds: seconds) == text) }
}
