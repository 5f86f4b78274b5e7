import CAuspexFFmpeg

/// The supported file formats: containers of video, and pictures.
///
/// FFmpeg also opens playlists and scripts (HLS, DASH, ffconcat, SDP, SVG), whatever the file's name, and these make it open other files, wait for
/// a network or never end. So a format must be listed here.
enum MediaFormats {
    /// FFmpeg's short names of demuxers; for a demuxer with several names (`mov,mp4,…`) one is enough.
    static let containers = [
        "3dostr", "apng", "asf", "asf_o", "av1", "avi", "avs", "avs2", "avs3", "bink", "cavsvideo", "dhav", "dirac",
        "dnxhd",
        "dv", "evc", "film_cpk", "flic", "flv", "gif", "gxf", "h261", "h263", "h264", "hevc", "hnm", "ipu", "ivf",
        "ivr",
        "kux", "live_flv", "lxf", "m4v", "matroska", "mjpeg", "mjpeg_2000", "mov", "mpeg", "mpegts", "mpegtsraw",
        "mpegvideo", "mvi", "mxf", "nsv", "nut", "nuv", "obu", "ogg", "pva", "rm", "roq", "smjpeg", "smk", "swf", "vc1",
        "vc1test", "vivo", "vvc", "wtv", "yuv4mpegpipe",
    ]
    /// `image2` opens pictures by pattern; `InputGuard` restricts it to the one file.
    static let pictures = [
        "bmp_pipe", "dds_pipe", "dpx_pipe", "exr_pipe", "gif_pipe", "hdr_pipe", "image2", "j2k_pipe", "jpeg_pipe",
        "jpegls_pipe", "jpegxl_anim", "jpegxl_pipe", "pam_pipe", "pbm_pipe", "pcx_pipe", "pfm_pipe", "pgm_pipe",
        "pgmyuv_pipe", "phm_pipe", "png_pipe", "ppm_pipe", "psd_pipe", "qoi_pipe", "sgi_pipe", "sunrast_pipe",
        "tiff_pipe",
        "webp_pipe", "xbm_pipe", "xpm_pipe", "xwd_pipe",
    ]

    static let allowed = (containers + pictures).joined(separator: ",")

    /// Formats whose files refer to other files or addresses.
    private static let scripts: Set<String> = [
        "applehttp", "concat", "dash", "ffmetadata", "hls", "imf", "lavfi", "rtp", "rtsp", "sdp", "svg_pipe",
        "webm_dash_manifest",
    ]

    /// The error for a file of a format that is not listed.
    static func refusal(_ path: String, format: UnsafePointer<AVInputFormat>?) -> VideoError {
        guard let format else {
            return VideoError(
                .notAVideo, path, "not in a video format that is read here: convert it to MP4 or Matroska")
        }
        let names = String(cString: format.pointee.name).split(separator: ",").map(String.init)
        let title = format.pointee.long_name.map { String(cString: $0) } ?? names.joined(separator: ",")
        if names.contains("tty") { return VideoError(.notAVideo, path, "a text file, not a video") }
        if !scripts.isDisjoint(with: names) {
            return VideoError(
                .notAVideo, path,
                "a playlist or script (\(title)), which names other files: give the video files themselves, or make one file of "
                    + "them with ffmpeg")
        }
        return VideoError(
            .notAVideo, path,
            "has the format \(title), expected a video container such as MP4, Matroska or AVI: if it is a video, convert it, for "
                + "example ffmpeg -i IN OUT.mkv")
    }
}
