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
static inline int ax_error_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int ax_error_no_memory(void) { return AVERROR(ENOMEM); }
static inline int ax_error_no_entry(void) { return AVERROR(ENOENT); }

static inline int64_t ax_no_timestamp(void) { return AV_NOPTS_VALUE; }
static inline AVRational ax_time_base(void) { return (AVRational){1, AV_TIME_BASE}; }

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

#include "encoding.h"
