/// Keeps user input or file contents from filling the screen when a message repeats them.
package enum ShortenedEcho {
    /// The largest number of digits in a message. No meaningful number has more.
    static let mostDigits = 64
    /// A little more than the longest file name; a path is longer, and is shown whole, as its reader needs it.
    static let mostLetters = 300
    static let mostOfMessage = 6000

    /// A message in which overlong numbers and words are shortened in the middle, with their length added.
    package static func shortened(_ message: String) -> String {
        var result = ""
        var word = ""
        for letter in message {
            if letter.isWhitespace {
                result += shortened(word: word)
                result.append(letter)
                word = ""
            } else {
                word.append(letter)
            }
        }
        result += shortened(word: word)
        return result.count > mostOfMessage ? cut(result, keeping: mostOfMessage / 2) : result
    }

    private static func shortened(word: String) -> String {
        guard word.count > mostDigits else { return word }
        var result = ""
        var digits = ""
        for letter in word + "\n" {
            if letter.isASCII, letter.isNumber {
                digits.append(letter)
            } else {
                result += digits.count > mostDigits ? cut(digits, keeping: 12) : digits
                digits = ""
                if letter != "\n" { result.append(letter) }
            }
        }
        return result.count > mostLetters && !result.contains("/") ? cut(result, keeping: 40) : result
    }

    private static func cut(_ text: String, keeping ends: Int) -> String {
        "\(text.prefix(ends))…\(text.suffix(ends)) [\(text.count) characters]"
    }
}
