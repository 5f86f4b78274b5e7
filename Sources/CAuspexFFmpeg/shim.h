// What Swift cannot import from FFmpeg (macros with casts), and names that differ between FFmpeg 5 and 7.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <errno.h>
#include <stdio.h>

static inline int ax_error_again(void) { return AVERROR(EAGAIN); }
static inline int ax_error_end_of_file(void) { return AVERROR_EOF; }
static inline int ax_error_no_memory(void) { return AVERROR(ENOMEM); }
static inline int ax_error_not_permitted(void) { return AVERROR(EPERM); }

static inline int64_t ax_no_timestamp(void) { return AV_NOPTS_VALUE; }

static inline int ax_error_text(int code, char *text, size_t size) { return av_strerror(code, text, size); }

// The rotation and flip that a player applies, nine numbers in 16.16 fixed point (2.30 in the last column); null without one.
static inline const int32_t *ax_display_matrix(const AVStream *stream) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    const AVPacketSideData *data = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}

// The same for one frame, if the stream itself contains it (H.264 and HEVC messages, EXIF); null without one.
static inline const int32_t *ax_frame_display_matrix(const AVFrame *frame) {
    const AVFrameSideData *data = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
}

static inline int ax_frame_is_interlaced(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame->interlaced_frame != 0;
#endif
}

// FFmpeg 5 calls our get_buffer2 from several decoding threads at once only if this is set; later versions always may.
static inline void ax_allow_concurrent_buffers(AVCodecContext *context) {
#if LIBAVCODEC_VERSION_MAJOR < 60
    // clang-format off
    _Pragma("GCC diagnostic push")
    _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
    context->thread_safe_callbacks = 1;
    _Pragma("GCC diagnostic pop")
    // clang-format on
#endif
}

// The scaler's type is hidden in FFmpeg 5 and public in FFmpeg 8: in Swift it is a plain pointer.
static inline void *ax_scaler_make(
    int source_width, int source_height, enum AVPixelFormat source, int width, int height, enum AVPixelFormat target,
    int flags) {
    return sws_getContext(source_width, source_height, source, width, height, target, flags, NULL, NULL, NULL);
}
static inline int ax_scaler_set_colours(
    void *scaler, int source_matrix, int source_full, int target_matrix, int target_full) {
    return sws_setColorspaceDetails(
        (struct SwsContext *)scaler, sws_getCoefficients(source_matrix), source_full,
        sws_getCoefficients(target_matrix), target_full, 0, 1 << 16, 1 << 16);
}
static inline int ax_scaler_run(void *scaler, const AVFrame *frame, uint8_t *const planes[], const int strides[]) {
    return sws_scale(
        (struct SwsContext *)scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, planes,
        strides);
}
static inline void ax_scaler_free(void *scaler) { sws_freeContext((struct SwsContext *)scaler); }

static inline int ax_frame_copy(const AVFrame *frame, uint8_t *bytes, int size) {
    return av_image_copy_to_buffer(
        bytes, size, (const uint8_t *const *)frame->data, frame->linesize, (enum AVPixelFormat)frame->format,
        frame->width, frame->height, 1);
}

// One component of a frame's row, whatever its layout and byte order.
static inline void ax_read_line(
    uint16_t *line, const AVFrame *frame, const AVPixFmtDescriptor *layout, int y, int component) {
    const uint8_t *planes[4] = {frame->data[0], frame->data[1], frame->data[2], frame->data[3]};
    av_read_image_line2(line, planes, frame->linesize, layout, 0, y, component, frame->width, 0, 2);
}

#include "encoding.h"
