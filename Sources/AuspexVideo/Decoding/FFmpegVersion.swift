import CAuspexFFmpeg

/// The version of FFmpeg that decodes, as it reports itself: `5.1.6-0+deb12u1`. Another version may decode a damaged file to other pixels.
package var ffmpegVersion: String { String(cString: av_version_info()) }
