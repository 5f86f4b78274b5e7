#include "MaximumPooling.hpp"
#include "Engine.hpp"
#include <algorithm>
#include <atomic>
#include <cstring>

namespace ax::maximum {

namespace {

/// The number of pixel columns whose maxima are kept, and of channels that are processed together.
constexpr int mostColumns = 8, mostChannels = 32;

typedef float Eight __attribute__((vector_size(32), aligned(4)));

/// What all rows of the output share; with two dimensions there is one frame.
struct Sides {
    int frames, height, width, channels;
    int window[3], stride[3], before[3], output[3];
};

Sides sides(const ax_dnn_pooling &s) {
    const bool time = s.spatial == 3;
    Sides r{time ? s.input[0] : 1, s.input[1], s.input[2], s.channels, {1, 0, 0}, {1, 0, 0}, {0, 0, 0}, {1, 0, 0}};
    for (int i = time ? 0 : 1; i < 3; i++) {
        r.window[i] = s.window[i];
        r.stride[i] = s.stride[i];
        r.before[i] = s.before[i];
        r.output[i] = s.output[i];
    }
    return r;
}

/// Eights · 8 channels of one row of the output; NaN is not greater than anything, but must be detected. `rows` are the input rows that its windows cover.
template <int Eights>
__attribute__((always_inline)) inline void poolRow(const Sides &s, const float *const *rows, int count, float *y) {
    Eight columns[mostColumns][Eights];
    int known = 0;
    for (int out = 0; out < s.output[2]; out++, y += s.channels) {
        const int start = out * s.stride[2] - s.before[2];
        const int first = std::max(start, 0), last = std::min(start + s.window[2], s.width);
        for (known = std::max(known, first); known < last; known++) {
            const int64_t place = int64_t(known) * s.channels;
            Eight greatest[Eights];
            for (int v = 0; v < Eights; v++) greatest[v] = *reinterpret_cast<const Eight *>(rows[0] + place + v * 8);
            for (int row = 1; row < count; row++)
                for (int v = 0; v < Eights; v++) {
                    const Eight value = *reinterpret_cast<const Eight *>(rows[row] + place + v * 8);
                    greatest[v] = ((value > greatest[v]) | (value != value)) ? value : greatest[v];
                }
            for (int v = 0; v < Eights; v++) columns[known % mostColumns][v] = greatest[v];
        }
        Eight greatest[Eights];
        for (int v = 0; v < Eights; v++) greatest[v] = columns[first % mostColumns][v];
        for (int column = first + 1; column < last; column++)
            for (int v = 0; v < Eights; v++) {
                const Eight value = columns[column % mostColumns][v];
                greatest[v] = ((value > greatest[v]) | (value != value)) ? value : greatest[v];
            }
        for (int v = 0; v < Eights; v++) *reinterpret_cast<Eight *>(y + v * 8) = greatest[v];
    }
}

__attribute__((always_inline)) inline void poolRows(
    const Sides &s, const float *x, float *y, int64_t firstRow, int64_t lastRow) {
    const int64_t line = int64_t(s.width) * s.channels;
    for (int64_t r = firstRow; r < lastRow; r++) {
        const int top = int(r % s.output[1]) * s.stride[1] - s.before[1];
        const int start = int(r / s.output[1] % s.output[0]) * s.stride[0] - s.before[0];
        const float *image = x + r / s.output[1] / s.output[0] * s.frames * s.height * line;
        for (int c = 0; c < s.channels;) {
            const float *rows[mostColumns * mostColumns];
            int count = 0;
            for (int t = std::max(start, 0); t < std::min(start + s.window[0], s.frames); t++)
                for (int h = std::max(top, 0); h < std::min(top + s.window[1], s.height); h++)
                    rows[count++] = image + (int64_t(t) * s.height + h) * line + c;
            float *to = y + r * s.output[2] * s.channels + c;
            const int left = s.channels - c;
            if (left >= mostChannels) {
                poolRow<4>(s, rows, count, to);
                c += mostChannels;
            } else if (left >= 16) {
                poolRow<2>(s, rows, count, to);
                c += 16;
            } else {
                poolRow<1>(s, rows, count, to);
                c += 8;
            }
        }
    }
}

void poolRowsPlainly(const Sides &s, const float *x, float *y, int64_t first, int64_t last) {
    poolRows(s, x, y, first, last);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void poolRowsWidely(
    const Sides &s, const float *x, float *y, int64_t first, int64_t last) {
    poolRows(s, x, y, first, last);
}
#endif

/// Decodes a bfloat16: the upper half of a float32.
float number(float value) { return value; }
float number(uint16_t bits) {
    const uint32_t whole = uint32_t(bits) << 16;
    float value;
    std::memcpy(&value, &whole, sizeof value);
    return value;
}

template <class Element>
void mark(const ax_dnn_pooling &shape, const Element *x, Element *y) {
    const Sides s = sides(shape);
    const int64_t places = int64_t(shape.batch) * s.frames * s.height * s.width;
    std::atomic<bool> found{false};
    parallel(places, 4096 / (s.channels + 1) + 1, [&](int64_t first, int64_t last) {
        bool here = false;
        for (int64_t i = first * s.channels; i < last * s.channels; i++) here |= number(x[i]) != number(x[i]);
        if (here) found.store(true, std::memory_order_relaxed);
    });
    if (!found.load(std::memory_order_relaxed)) return;
    // So rare that one thread and plain loops are enough: a run ends with the first loss that is NaN.
    for (int64_t place = 0; place < places; place++)
        for (int c = 0; c < s.channels; c++) {
            const Element value = x[place * s.channels + c];
            if (number(value) == number(value)) continue;
            const int at[3] = {
                int(place / s.width / s.height % s.frames), int(place / s.width % s.height), int(place % s.width)};
            const int64_t image = place / s.width / s.height / s.frames;
            int first[3], last[3];
            for (int i = 0; i < 3; i++) {
                // Windows w with w * stride - before <= at < w * stride - before + window.
                const int reach = at[i] + s.before[i];
                first[i] = reach < s.window[i] ? 0 : (reach - s.window[i]) / s.stride[i] + 1;
                last[i] = std::min(reach / s.stride[i], s.output[i] - 1);
            }
            for (int t = first[0]; t <= last[0]; t++)
                for (int h = first[1]; h <= last[1]; h++)
                    for (int w = first[2]; w <= last[2]; w++)
                        y[(((image * s.output[0] + t) * s.output[1] + h) * s.output[2] + w) * s.channels + c] = value;
        }
}

}  // namespace

void markNotNumbers(const ax_dnn_pooling &shape, const void *x, void *y) {
    if (shape.type == ax_dnn_f32)
        mark(shape, static_cast<const float *>(x), static_cast<float *>(y));
    else
        mark(shape, static_cast<const uint16_t *>(x), static_cast<uint16_t *>(y));
}

bool isChosen(const ax_dnn_pooling &s) {
    if (!s.maximum || s.type != ax_dnn_f32 || s.channels % 8) return false;
    for (int i = 3 - s.spatial; i < 3; i++) {
        // Every window must contain a pixel, and the columns of a window must all be kept.
        const int past = (s.output[i] - 1) * s.stride[i] - s.before[i];
        if (s.window[i] > mostColumns || s.before[i] >= s.window[i] || past >= s.input[i]) return false;
    }
    return true;
}

void run(const ax_dnn_pooling &shape, const float *x, float *y) {
    const Sides s = sides(shape);
    auto rows = poolRowsPlainly;
#if defined(__x86_64__)
    if (isa() != ax_isa_baseline && __builtin_cpu_supports("avx2")) rows = poolRowsWidely;
#endif
    parallel(int64_t(shape.batch) * s.output[0] * s.output[1], 4, [&](int64_t first, int64_t last) {
        rows(s, x, y, first, last);
    });
}

}  // namespace ax::maximum
