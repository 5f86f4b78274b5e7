import CAuspexFFmpeg

/// A number for comparing two decodes of a frame: equal for equal pictures, and different for different ones except with a probability of 2⁻⁶⁴.
enum FrameChecksum {
    static func of(_ frame: UnsafeMutablePointer<AVFrame>) -> UInt64 {
        let format = AVPixelFormat(frame.pointee.format)
        let (width, height) = (frame.pointee.width, frame.pointee.height)
        var sum = mixed(UInt64(UInt32(bitPattern: format.rawValue)) << 32 | UInt64(UInt32(bitPattern: width)), into: 0)
        sum = mixed(UInt64(UInt32(bitPattern: height)), into: sum)
        guard let layout = av_pix_fmt_desc_get(format)?.pointee else { return sum }
        let planes = [frame.pointee.data.0, frame.pointee.data.1, frame.pointee.data.2, frame.pointee.data.3]
        let strides = [
            frame.pointee.linesize.0, frame.pointee.linesize.1, frame.pointee.linesize.2, frame.pointee.linesize.3,
        ]
        for number in 0..<max(0, Int(av_pix_fmt_count_planes(format))) {
            guard let plane = planes[number] else { continue }
            let isChroma = number == 1 || number == 2
            let shift = isChroma ? Int(layout.log2_chroma_h) : 0
            let rows = (Int(height) + (1 << shift) - 1) >> shift
            let rowBytes = Int(av_image_get_linesize(format, width, Int32(number)))
            for row in 0..<rows { sum = mixed(plane + row * Int(strides[number]), count: rowBytes, into: sum) }
        }
        if layout.flags & UInt64(AV_PIX_FMT_FLAG_PAL) != 0, let palette = planes[1] {
            sum = mixed(palette, count: 1024, into: sum)
        }
        return sum
    }

    private static func mixed(_ bytes: UnsafeMutablePointer<UInt8>, count: Int, into start: UInt64) -> UInt64 {
        let raw = UnsafeRawPointer(bytes)
        var sum = start
        var place = 0
        while place + 8 <= count {
            sum = mixed(raw.loadUnaligned(fromByteOffset: place, as: UInt64.self), into: sum)
            place += 8
        }
        var rest: UInt64 = 0
        while place < count {
            rest = rest << 8 | UInt64(bytes[place])
            place += 1
        }
        return mixed(rest, into: sum)
    }

    /// Both steps are invertible, so no two words give the same sum; the shift lets high bits reach the low ones.
    private static func mixed(_ word: UInt64, into sum: UInt64) -> UInt64 {
        let product = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
        return product ^ product >> 32
    }
}
