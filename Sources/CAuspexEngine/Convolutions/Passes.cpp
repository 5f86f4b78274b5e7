// Single passes over memory that accompany the convolutions.
#include "Engine.hpp"
#include <cstring>

using namespace ax;

/// Waking a thread for fewer bytes than this does not pay.
static const int64_t worthBytes = 1 << 15;

static int64_t worthOf(int64_t bytesAnItem) { return worthBytes / (bytesAnItem > 0 ? bytesAnItem : 1) + 1; }

void ax_dnn_upsample_forward(const void *in, void *out, int64_t images, int64_t height, int64_t width, size_t pixel) {
    const char *from = static_cast<const char *>(in);
    char *to = static_cast<char *>(out);
    const size_t row = size_t(width) * pixel;
    parallel(images * height, worthOf(int64_t(row)), [=](int64_t first, int64_t last) {
        for (int64_t y = first; y < last; y++) {
            const char *source = from + size_t(y) * row;
            char *target = to + size_t(y) * 4 * row;
            for (int64_t x = 0; x < width; x++) {
                std::memcpy(target + size_t(2 * x) * pixel, source + size_t(x) * pixel, pixel);
                std::memcpy(target + size_t(2 * x + 1) * pixel, source + size_t(x) * pixel, pixel);
            }
            std::memcpy(target + 2 * row, target, 2 * row);
        }
    });
}

void ax_dnn_upsample_backward(
    const float *dout, float *din, int64_t images, int64_t height, int64_t width, int64_t channels) {
    const int64_t row = width * channels;
    parallel(images * height, worthOf(row * 4), [=](int64_t first, int64_t last) {
        for (int64_t y = first; y < last; y++) {
            const float *upper = dout + y * 4 * row, *lower = upper + 2 * row;
            float *target = din + y * row;
            for (int64_t x = 0; x < width; x++) {
                const float *u = upper + 2 * x * channels, *l = lower + 2 * x * channels;
                float *t = target + x * channels;
                for (int64_t c = 0; c < channels; c++) t[c] = (u[c] + u[c + channels]) + (l[c] + l[c + channels]);
            }
        }
    });
}

/// Calls `body(packed, spread)` for each run of channels: the offset of its first number within a small pixel, with a stride of factor², and its
/// offset in the large image.
template <class Body>
static void visitShuffled(int64_t images, int64_t height, int64_t width, int64_t channels, int64_t factor, Body body) {
    const int64_t pixel = channels * factor * factor, row = width * pixel;
    parallel(images * height, worthOf(row * 4), [=](int64_t first, int64_t last) {
        for (int64_t y = first; y < last; y++)
            for (int64_t x = 0; x < width; x++)
                for (int64_t a = 0; a < factor; a++)
                    for (int64_t b = 0; b < factor; b++)
                        body(
                            y * row + x * pixel + a * factor + b,
                            y * row + (a * width + x) * factor * channels + b * channels);
    });
}

void ax_dnn_pixel_shuffle_forward(
    const float *in, float *out, int64_t images, int64_t height, int64_t width, int64_t channels, int64_t factor) {
    const int64_t step = factor * factor;
    visitShuffled(images, height, width, channels, factor, [=](int64_t from, int64_t to) {
        for (int64_t c = 0; c < channels; c++) out[to + c] = in[from + c * step];
    });
}

void ax_dnn_pixel_shuffle_backward(
    const float *dout, float *din, int64_t images, int64_t height, int64_t width, int64_t channels, int64_t factor) {
    const int64_t step = factor * factor;
    visitShuffled(images, height, width, channels, factor, [=](int64_t to, int64_t from) {
        for (int64_t c = 0; c < channels; c++) din[to + c * step] = dout[from + c];
    });
}

void ax_dnn_column_sums(const float *values, float *sums, int64_t rows, int64_t channels) {
    // A thread takes whole blocks of columns, so the order of additions does not depend on the number of threads;
    // 256 rows are added in float32 before they go to the double sum.
    const int64_t block = 16, blocks = (channels + block - 1) / block;
    parallel(blocks, 1, [=](int64_t first, int64_t last) {
        for (int64_t b = first; b < last; b++) {
            const int64_t begin = b * block, width = channels - begin < block ? channels - begin : block;
            double total[16] = {};
            for (int64_t start = 0; start < rows; start += 256) {
                const int64_t end = start + 256 < rows ? start + 256 : rows;
                float part[16] = {};
                const float *v = values + start * channels + begin;
                if (width == block)
                    for (int64_t r = start; r < end; r++, v += channels)
                        for (int64_t c = 0; c < block; c++) part[c] += v[c];
                else
                    for (int64_t r = start; r < end; r++, v += channels)
                        for (int64_t c = 0; c < width; c++) part[c] += v[c];
                for (int64_t c = 0; c < width; c++) total[c] += part[c];
            }
            for (int64_t c = 0; c < width; c++) sums[begin + c] = float(total[c]);
        }
    });
}
