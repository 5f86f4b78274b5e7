// What encoding needs from FFmpeg and Swift cannot import. Included by shim.h.
#pragma once
#include <libavutil/cpu.h>

static inline void ax_use_quantiser(AVCodecContext *context, int quantiser) {
    context->flags |= AV_CODEC_FLAG_QSCALE;
    context->global_quality = quantiser * FF_QP2LAMBDA;
}

// From full-range RGB to limited-range YUV of the given matrix (an SWS_CS number), for libswscale with the given flags.
static inline struct SwsContext *ax_rgb_to_yuv420(int width, int height, int matrix, int flags) {
    struct SwsContext *scaler =
        sws_getContext(width, height, AV_PIX_FMT_RGB24, width, height, AV_PIX_FMT_YUV420P, flags, NULL, NULL, NULL);
    if (!scaler) return NULL;
    sws_setColorspaceDetails(
        scaler, sws_getCoefficients(SWS_CS_DEFAULT), 1, sws_getCoefficients(matrix), 0, 0, 1 << 16, 1 << 16);
    return scaler;
}

static inline int ax_scale_into_frame(struct SwsContext *scaler, const uint8_t *pixels, int stride, AVFrame *frame) {
    const uint8_t *const planes[4] = {pixels, NULL, NULL, NULL};
    const int strides[4] = {stride, 0, 0, 0};
    return sws_scale(scaler, planes, strides, 0, frame->height, frame->data, frame->linesize);
}
