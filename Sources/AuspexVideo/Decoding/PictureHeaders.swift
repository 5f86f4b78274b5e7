import CAuspexFFmpeg

/// What the headers of a packet say about its picture, without decoding it.
struct CodedPicture: Hashable {
    /// Whether decoding can begin with a packet.
    enum Start: UInt8, Hashable {
        case none
        /// Only pictures shown from this one on are correct: earlier ones that follow it in the file (leading pictures) refer to pictures before it.
        case fromHere
        /// Nothing after it refers to anything before it.
        case clean
    }

    /// Whether the packet gives exactly one frame; false for a picture that is decoded but not shown.
    var isShown = true
    /// Whether the headers leave open how many frames come out, or in which order.
    var isUncertain = false
    var start = Start.none
    /// If this is `clean`, whether every earlier picture is shown before this one: `displayOrder` counts from here.
    var resetsOrder = false
    /// Display order since the last reset, in codecs that number pictures.
    var displayOrder = 0
    /// Shown as soon as it is decoded, while other pictures wait for the next of their kind (MPEG's B-pictures).
    var isBidirectional = false

    static let uncertain = CodedPicture(isUncertain: true)
}

/// How a decoder orders pictures.
enum ShowingOrder {
    case asCoded
    /// MPEG-1, 2 and 4: B-pictures at once, others when the next such picture is decoded.
    case anchorsLate
    /// H.264 and HEVC: by a number in each picture's header.
    case numbered
}

/// Reads the headers of one stream's packets.
///
/// Knows the common codecs; for others everything is uncertain, and their files are decoded once to count frames.
final class PictureHeaders {
    let order: ShowingOrder
    private let codec: AVCodecID
    private let isIntraOnly: Bool
    private let units: NALUnits
    private var parser: UnsafeMutablePointer<AVCodecParserContext>?
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var mpeg = MPEGPictures()

    init(_ parameters: UnsafeMutablePointer<AVCodecParameters>) {
        codec = parameters.pointee.codec_id
        let properties = avcodec_descriptor_get(codec)?.pointee.props ?? 0
        isIntraOnly = properties & AV_CODEC_PROP_INTRA_ONLY != 0
        units = NALUnits(parameters.pointee)
        switch codec {
        case AV_CODEC_ID_H264, AV_CODEC_ID_HEVC:
            order = .numbered
            context = avcodec_alloc_context3(nil)
            if let context, avcodec_parameters_to_context(context, parameters) >= 0 {
                parser = av_parser_init(Int32(codec.rawValue))
                // Packets are whole pictures already; the parser need not search for their ends.
                parser?.pointee.flags |= PARSER_FLAG_COMPLETE_FRAMES
            }
        case AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4: order = .anchorsLate
        default: order = .asCoded
        }
    }

    deinit {
        av_parser_close(parser)
        avcodec_free_context(&context)
    }

    /// The result for one packet. Packets must come in file order.
    func picture(in packet: AVPacket) -> CodedPicture {
        guard packet.size > 0, let data = packet.data else { return .uncertain }
        let bytes = UnsafeBufferPointer(start: data, count: Int(packet.size))
        let isKey = packet.flags & AV_PKT_FLAG_KEY != 0
        switch codec {
        case AV_CODEC_ID_H264: return h264(bytes)
        case AV_CODEC_ID_HEVC: return hevc(bytes)
        case AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO: return mpeg.video12(bytes)
        case AV_CODEC_ID_MPEG4: return mpeg.video4(bytes)
        case AV_CODEC_ID_VP8: return VPPictures.vp8(bytes)
        case AV_CODEC_ID_VP9: return VPPictures.vp9(bytes)
        // A temporal unit of AV1 has exactly one shown frame; FFV1 has no reordering.
        case AV_CODEC_ID_AV1, AV_CODEC_ID_FFV1: return CodedPicture(start: isKey ? .clean : .none)
        // One frame each, in order; AVI's key-frame flag is often wrong, but the first two bits tell.
        case AV_CODEC_ID_MSMPEG4V2, AV_CODEC_ID_MSMPEG4V3, AV_CODEC_ID_WMV1:
            return CodedPicture(start: bytes[0] >> 6 == 0 ? .clean : .none)
        default: return isIntraOnly ? CodedPicture(start: .clean) : .uncertain
        }
    }

    /// The number by which H.264 and HEVC order pictures, from FFmpeg's parser; nil if it cannot tell.
    private func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (order: Int, type: Int32, isFrame: Bool)? {
        guard let parser, let context else { return nil }
        // The parser leaves fields unchanged that it cannot read.
        parser.pointee.output_picture_number = Int32.min
        var out: UnsafeMutablePointer<UInt8>?
        var outSize: Int32 = 0
        let none = ax_no_timestamp()
        _ = av_parser_parse2(parser, context, &out, &outSize, bytes.baseAddress, Int32(bytes.count), none, none, 0)
        guard parser.pointee.output_picture_number != Int32.min else { return nil }
        return (
            Int(parser.pointee.output_picture_number), parser.pointee.pict_type,
            parser.pointee.picture_structure == AV_PICTURE_STRUCTURE_FRAME
        )
    }

    private func h264(_ bytes: UnsafeBufferPointer<UInt8>) -> CodedPicture {
        var sliceType: UInt8?
        var recovery: RecoveryPoint?
        units.forEach(in: bytes, isSlice: { (1...5).contains($0 & 0x1f) }) { unit in
            let type = unit.first.map { $0 & 0x1f } ?? 0
            if type == 6, recovery == nil { recovery = RecoveryPoint(in: unit) }
            if (1...5).contains(type) { sliceType = type }
            return sliceType == nil
        }
        // A field gives half a frame, and whether the other half is in the same packet depends on the container.
        guard let parsed = parse(bytes), parsed.isFrame, let sliceType else { return .uncertain }
        var picture = CodedPicture(displayOrder: parsed.order)
        switch sliceType {
        case 5: (picture.start, picture.resetsOrder) = (.clean, true)
        case 1:
            // Streams with gradual refresh count the frames until they are complete.
            if let recovery, recovery.frameCount == 0, recovery.isExact, parsed.type == AV_PICTURE_TYPE_I.rawValue {
                picture.start = .fromHere
            }
        default: return .uncertain
        }
        return picture
    }

    private func hevc(_ bytes: UnsafeBufferPointer<UInt8>) -> CodedPicture {
        var sliceType: UInt8?
        units.forEach(in: bytes, isSlice: { $0 >> 1 & 0x3f < 32 }) { unit in
            let type = unit.first.map { $0 >> 1 & 0x3f } ?? 0
            if type < 32 { sliceType = type }
            return sliceType == nil
        }
        guard let parsed = parse(bytes), let sliceType, !Self.endsSequence(bytes) else { return .uncertain }
        var picture = CodedPicture(displayOrder: parsed.order)
        switch sliceType {
        case 19, 20: (picture.start, picture.resetsOrder) = (.clean, true)
        case 21: picture.start = .fromHere
        // After a broken link the decoder drops leading pictures.
        case 16...18: return .uncertain
        default: break
        }
        return picture
    }

    /// Whether a packet ends with an end-of-sequence unit, after which leading pictures are dropped.
    private static func endsSequence(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count > 4, bytes[bytes.count - 1] == 1 else { return false }
        let type = bytes[bytes.count - 2] >> 1 & 0x3f
        return (36...37).contains(type) && bytes[bytes.count - 4] == 0 && (1...2).contains(bytes[bytes.count - 3])
    }
}
