// Turns a convolution next to a resampling into one convolution of the small image: sums of taps, and the order of pixels.
#include "Engine.hpp"
#include <cstring>

using namespace ax;

/// Which of the two window rows tap u of parity a falls on: parity 0 sees rows y - 1 | y, y and parity 1 rows y, y | y + 1.
static int row(int a, int u) { return a == 0 ? u > 0 : u > 1; }

/// Visits each (tap of the 3x3 kernel, place in the parity kernel), for every input channel.
template <class Body>
static void visitParities(int64_t in, int64_t out, Body body) {
    for (int u = 0; u < 3; u++)
        for (int v = 0; v < 3; v++)
            for (int a = 0; a < 2; a++)
                for (int b = 0; b < 2; b++)
                    for (int64_t i = 0; i < in; i++)
                        body(
                            ((u * 3 + v) * in + i) * out,
                            (((row(a, u) * 2 + row(b, v)) * in + i) * 4 + a * 2 + b) * out);
}

void ax_dnn_parity_kernel_forward(const float *kernel, float *parity, int64_t in, int64_t out) {
    std::memset(parity, 0, size_t(16 * in * out) * sizeof(float));
    visitParities(in, out, [=](int64_t from, int64_t to) {
        for (int64_t o = 0; o < out; o++) parity[to + o] += kernel[from + o];
    });
}

void ax_dnn_parity_kernel_backward(const float *dparity, float *dkernel, int64_t in, int64_t out) {
    std::memset(dkernel, 0, size_t(9 * in * out) * sizeof(float));
    visitParities(in, out, [=](int64_t to, int64_t from) {
        for (int64_t o = 0; o < out; o++) dkernel[to + o] += dparity[from + o];
    });
}

void ax_dnn_parity_grid_forward(
    const void *grid, void *out, int64_t images, int64_t height, int64_t width, size_t pixel) {
    const int64_t worth = (1 << 15) / int64_t(2 * size_t(width) * pixel) + 1;
    parallel(images * 2 * height, worth, [=](int64_t first, int64_t last) {
        for (int64_t r = first; r < last; r++) {
            const int64_t n = r / (2 * height), y = r % (2 * height) / 2, a = r % 2;
            const char *from =
                static_cast<const char *>(grid) + size_t((n * (height + 1) + y + a) * (width + 1) * 4 + a * 2) * pixel;
            char *to = static_cast<char *>(out) + size_t(r * 2 * width) * pixel;
            for (int64_t x = 0; x < width; x++, from += 4 * pixel, to += 2 * pixel) {
                std::memcpy(to, from, pixel);
                std::memcpy(to + pixel, from + 5 * pixel, pixel);
            }
        }
    });
}

void ax_dnn_parity_grid_backward(
    const void *dout, void *dgrid, int64_t images, int64_t height, int64_t width, size_t pixel) {
    const int64_t worth = (1 << 15) / int64_t(4 * size_t(width) * pixel) + 1;
    parallel(images * (height + 1), worth, [=](int64_t first, int64_t last) {
        for (int64_t r = first; r < last; r++) {
            const int64_t n = r / (height + 1), p = r % (height + 1);
            char *to = static_cast<char *>(dgrid) + size_t(r * (width + 1) * 4) * pixel;
            for (int64_t q = 0; q <= width; q++)
                for (int a = 0; a < 2; a++)
                    for (int b = 0; b < 2; b++, to += pixel) {
                        const int64_t y = p - a, x = q - b;
                        if (y < 0 || y >= height || x < 0 || x >= width)
                            std::memset(to, 0, pixel);
                        else
                            std::memcpy(
                                to,
                                static_cast<const char *>(dout)
                                    + size_t(((n * height + y) * 2 + a) * 2 * width + 2 * x + b) * pixel,
                                pixel);
                    }
        }
    });
}

/// Visits each (tap of side 3, tap of side 4 that holds a part of it).
template <class Body>
static void visitPooled(int spatial, Body body) {
    const int taps = spatial == 3 ? 27 : 9, moves = 1 << spatial;
    for (int tap = 0; tap < taps; tap++)
        for (int move = 0; move < moves; move++) {
            const int t = spatial == 3 ? tap / 9 + (move >> 2) : 0;
            const int u = tap / 3 % 3 + (move >> 1 & 1), v = tap % 3 + (move & 1);
            body(tap, (t * 4 + u) * 4 + v);
        }
}

void ax_dnn_pooled_kernel_forward(const float *kernel, float *pooled, int spatial, int64_t count) {
    const float share = spatial == 3 ? 0.125f : 0.25f;
    std::memset(pooled, 0, size_t((spatial == 3 ? 64 : 16) * count) * sizeof(float));
    visitPooled(spatial, [=](int from, int to) {
        for (int64_t i = 0; i < count; i++) pooled[to * count + i] += share * kernel[from * count + i];
    });
}

void ax_dnn_pooled_kernel_backward(const float *dpooled, float *dkernel, int spatial, int64_t count) {
    const float share = spatial == 3 ? 0.125f : 0.25f;
    std::memset(dkernel, 0, size_t((spatial == 3 ? 27 : 9) * count) * sizeof(float));
    visitPooled(spatial, [=](int to, int from) {
        for (int64_t i = 0; i < count; i++) dkernel[to * count + i] += share * dpooled[from * count + i];
    });
}
