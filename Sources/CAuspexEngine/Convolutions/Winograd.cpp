#include "Winograd.hpp"
#include "Engine.hpp"
#include <algorithm>
#include <cstring>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ax::winograd {

namespace {

constexpr int points = 6, places = points * points;
/// Channels of a panel of results, and windows of a tile: twelve sums, which is what sixteen registers leave room for.
constexpr int panelWidth = 16, tileWindows = 6;
/// Rows of a block, windows times frames: a panel's weights come from outer caches and serve all of them, whereas a block's data
/// should stay in the near ones. 48 to 192 measured within a tenth of each other.
constexpr int blockRows = 96;
/// Extra floats between two places: lines that are read together must not share a cache's set.
constexpr int gap = 16;

int divided(int a, int b) { return (a + b - 1) / b; }
int panels(const Filtering &f) { return divided(f.out, panelWidth); }
/// Floats of a panel's weights for one place.
size_t placeWeights(const Filtering &f) { return size_t(f.kernel[0]) * f.depth * panelWidth; }
int64_t allWindows(const Filtering &f) { return int64_t(f.batch) * f.windows[0] * f.windows[1]; }

size_t mixedStride(const Filtering &f) { return size_t(f.group) * f.frames * f.depthStride + gap; }
size_t sumStride(const Filtering &f) { return size_t(f.group) * f.outputFrames * panelWidth + gap; }

/// The memory of one thread, in floats.
size_t threadFloats(const Filtering &f) {
    return places * (mixedStride(f) + sumStride(f)) + size_t(places) * f.depthStride + f.depthStride;
}

}  // namespace

bool isChosen(const ax_dnn_convolution &s, int direction) {
#if defined(__x86_64__)
    static const bool runsHere =
        isa() != ax_isa_baseline && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    const bool runsHere = false;
#endif
    if (!runsHere || !s.transformed || direction != ax_dnn_forward || s.type != ax_dnn_f32 || s.out % 8) return false;
    if (s.groups > 1 || s.kernel[1] != s.kernel[2] || s.stride[1] != s.stride[2]) return false;
    if (s.stride[1] == 1) return s.kernel[1] == 3 && s.in % 8 == 0;
    return s.stride[1] == 2 && s.kernel[1] == 7;
}

Filtering filtering(const ax_dnn_convolution &s) {
    Filtering f{};
    const bool time = s.spatial == 3;
    f.batch = s.batch;
    f.in = s.in;
    f.out = s.out;
    f.phases = s.stride[1];
    f.taps = f.phases == 1 ? 3 : 4;
    f.depth = f.phases * f.phases * s.in;
    f.depthStride = divided(f.depth, 8) * 8;
    f.kernel[0] = time ? s.kernel[0] : 1;
    f.step = time ? s.stride[0] : 1;
    f.before = time ? s.before[0] : 0;
    f.frames = time ? s.input[0] : 1;
    f.outputFrames = time ? s.output[0] : 1;
    for (int i = 0; i < 2; i++) {
        f.kernel[i + 1] = s.kernel[i + 1];
        f.side[i] = s.input[i + 1];
        f.count[i] = s.output[i + 1];
        f.shift[i] = s.before[i + 1] % f.phases;
        f.origin[i] = -(s.before[i + 1] + f.shift[i]) / f.phases;
        f.windows[i] = divided(f.count[i], f.pixels());
    }
    f.group = tileWindows * std::max(1, blockRows / (tileWindows * f.outputFrames));
    return f;
}

size_t packedCount(const Filtering &f) { return size_t(panels(f)) * places * placeWeights(f); }

size_t scratchBytes(const Filtering &f) { return threadFloats(f) * sizeof(float) * size_t(team_size()); }

double flops(const Filtering &f) {
    double rows = 0;
    for (int t = 0; t < f.outputFrames; t++)
        for (int tap = 0; tap < f.kernel[0]; tap++) {
            const int frame = t * f.step + tap - f.before;
            rows += frame >= 0 && frame < f.frames;
        }
    return 2 * double(allWindows(f)) * rows * places * f.depth * f.out;
}

namespace {

// Row i: what the taps give at point i.
constexpr double mixer3[points][4] = {
    {1 / 4., 0, 0},
    {-1 / 6., -1 / 6., -1 / 6.},
    {-1 / 6., 1 / 6., -1 / 6.},
    {1 / 24., 1 / 12., 1 / 6.},
    {1 / 24., -1 / 12., 1 / 6.},
    {0, 0, 1}};
constexpr double mixer4[points][4] = {
    {1 / 4., 0, 0, 0},
    {-1 / 6., -1 / 6., -1 / 6., -1 / 6.},
    {-1 / 6., 1 / 6., -1 / 6., 1 / 6.},
    {1 / 24., 1 / 12., 1 / 6., 1 / 3.},
    {1 / 24., -1 / 12., 1 / 6., -1 / 3.},
    {0, 0, 0, 1}};

/// The weights of one panel, channel and tap in time: sixteen outputs side by side, to fill a processor's vectors.
#if defined(__x86_64__)
__attribute__((target("avx2,fma")))
#endif
void packRow(const Filtering &f, const float *weights, bool turned, int64_t panel, int time, int channel, float *to) {
    const double(*mixer)[4] = f.taps == 3 ? mixer3 : mixer4;
    const int phase[2] = {channel / (f.phases * f.in), channel / f.in % f.phases};
    const int first = int(panel) * panelWidth, lanes = std::min(panelWidth, f.out - first);
    double half[4][points][panelWidth] = {};
    for (int v = 0; v < f.taps; v++)
        for (int u = 0; u < f.taps; u++) {
            const int y = v * f.phases + phase[0] - f.shift[0], x = u * f.phases + phase[1] - f.shift[1];
            if (y < 0 || y >= f.kernel[1] || x < 0 || x >= f.kernel[2]) continue;
            double weight[panelWidth] = {};
            if (turned) {
                const int64_t tap = int64_t(f.kernel[1] - 1 - y) * f.kernel[2] + f.kernel[2] - 1 - x;
                for (int o = 0; o < lanes; o++) weight[o] = weights[(tap * f.out + first + o) * f.in + channel];
            } else {
                const int64_t tap = (int64_t(time) * f.kernel[1] + y) * f.kernel[2] + x;
                for (int o = 0; o < lanes; o++) weight[o] = weights[(tap * f.in + channel % f.in) * f.out + first + o];
            }
            for (int j = 0; j < points; j++)
                for (int o = 0; o < panelWidth; o++) half[v][j][o] += weight[o] * mixer[j][u];
        }
    for (int i = 0; i < points; i++)
        for (int j = 0; j < points; j++) {
            double sum[panelWidth] = {};
            for (int v = 0; v < f.taps; v++)
                for (int o = 0; o < panelWidth; o++) sum[o] += half[v][j][o] * mixer[i][v];
            float *place = to + size_t(i * points + j) * placeWeights(f);
            for (int o = 0; o < panelWidth; o++) place[o] = float(sum[o]);
        }
}

}  // namespace

void pack(const Filtering &f, const float *weights, bool turned, float *packed) {
    const int64_t rows = int64_t(panels(f)) * f.kernel[0] * f.depth;
    parallel(rows, 1, [&](int64_t first, int64_t last) {
        for (int64_t row = first; row < last; row++) {
            const int channel = int(row % f.depth), time = int(row / f.depth % f.kernel[0]);
            const int64_t panel = row / f.depth / f.kernel[0];
            packRow(
                f, weights, turned, panel, time, channel,
                packed + panel * places * int64_t(placeWeights(f)) + (int64_t(time) * f.depth + channel) * panelWidth);
        }
    });
}

#if defined(__x86_64__)
#define AX_AVX2 __attribute__((target("avx2,fma")))
#define AX_INLINE __attribute__((target("avx2,fma"), always_inline)) inline

namespace {

/// Transforms a line of six pixels: out[i] = sum of the pixels by the points' rule.
AX_INLINE void mixLine(const __m256 (&d)[points], __m256 (&out)[points]) {
    const __m256 two = _mm256_set1_ps(2), four = _mm256_set1_ps(4), five = _mm256_set1_ps(5);
    const __m256 even = _mm256_fnmadd_ps(four, d[2], d[4]), odd = _mm256_fnmadd_ps(four, d[1], d[3]);
    const __m256 evenFar = _mm256_sub_ps(d[4], d[2]), oddFar = _mm256_mul_ps(two, _mm256_sub_ps(d[3], d[1]));
    out[0] = _mm256_fmadd_ps(four, d[0], _mm256_fnmadd_ps(five, d[2], d[4]));
    out[1] = _mm256_add_ps(even, odd);
    out[2] = _mm256_sub_ps(even, odd);
    out[3] = _mm256_add_ps(evenFar, oddFar);
    out[4] = _mm256_sub_ps(evenFar, oddFar);
    out[5] = _mm256_fmadd_ps(four, d[1], _mm256_fnmadd_ps(five, d[3], d[5]));
}

/// Transforms six numbers back into Pixels output pixels.
template <int Pixels>
AX_INLINE void unmixLine(const __m256 (&m)[points], __m256 (&out)[Pixels]) {
    const __m256 two = _mm256_set1_ps(2), four = _mm256_set1_ps(4);
    const __m256 sum = _mm256_add_ps(m[1], m[2]), difference = _mm256_sub_ps(m[1], m[2]);
    const __m256 sumFar = _mm256_add_ps(m[3], m[4]), differenceFar = _mm256_sub_ps(m[3], m[4]);
    out[0] = _mm256_add_ps(m[0], _mm256_add_ps(sum, sumFar));
    out[1] = _mm256_fmadd_ps(two, differenceFar, difference);
    const __m256 square = _mm256_fmadd_ps(four, sumFar, sum);
    if constexpr (Pixels == 3) {
        out[2] = _mm256_add_ps(square, m[5]);
    } else {
        out[2] = square;
        out[3] = _mm256_add_ps(_mm256_fmadd_ps(_mm256_set1_ps(8), differenceFar, difference), m[5]);
    }
}

/// The position of a window.
struct Window {
    int image, row, column;
    Window(const Filtering &f, int64_t number)
        : image(int(number / f.windows[1] / f.windows[0])), row(int(number / f.windows[1] % f.windows[0])),
          column(int(number % f.windows[1])) {}
};

/// Pointers to the channels of a window's 36 pixels; if pixels are taken two by two, after copying them side by side.
void pointAtPixels(
    const Filtering &f, const float *frame, const Window &window, const float *zeros, float *copies,
    const float **pixels) {
    const int top = window.row * f.pixels() + f.origin[0], left = window.column * f.pixels() + f.origin[1];
    for (int i = 0; i < points; i++)
        for (int j = 0; j < points; j++) {
            const float *&pixel = pixels[i * points + j];
            if (f.phases == 1) {
                const int y = top + i, x = left + j;
                const bool inside = y >= 0 && y < f.side[0] && x >= 0 && x < f.side[1];
                pixel = inside ? frame + (int64_t(y) * f.side[1] + x) * f.in : zeros;
                continue;
            }
            float *copy = copies + (i * points + j) * f.depthStride;
            pixel = copy;
            const int x = (left + j) * f.phases, width = f.phases * f.in;
            for (int a = 0; a < f.phases; a++, copy += width) {
                const int y = (top + i) * f.phases + a;
                const float *row = frame + (int64_t(y) * f.side[1] + x) * f.in;
                if (y < 0 || y >= f.side[0]) {
                    std::memset(copy, 0, size_t(width) * sizeof(float));
                } else if (x >= 0 && x + f.phases <= f.side[1]) {
                    for (int c = 0; c < width; c++) copy[c] = row[c];
                } else {
                    for (int c = 0; c < width; c++) {
                        const int column = x + c / f.in;
                        copy[c] = column >= 0 && column < f.side[1] ? row[c] : 0;
                    }
                }
            }
        }
}

/// All channels of a window: to[place · stride + channel].
AX_AVX2 void mix(const Filtering &f, const float *const *pixels, float *to, size_t stride) {
    for (int c = 0; c < f.depthStride; c += 8) {
        __m256 half[points][points];
        for (int j = 0; j < points; j++) {
            __m256 column[points], mixed[points];
            for (int i = 0; i < points; i++) column[i] = _mm256_loadu_ps(pixels[i * points + j] + c);
            mixLine(column, mixed);
            for (int i = 0; i < points; i++) half[i][j] = mixed[i];
        }
        for (int i = 0; i < points; i++) {
            __m256 mixed[points];
            mixLine(half[i], mixed);
            for (int j = 0; j < points; j++) _mm256_storeu_ps(to + size_t(i * points + j) * stride + c, mixed[j]);
        }
    }
}

/// Sums of products of P rows with a panel: rows of one output frame, so all miss the same taps at the clip's ends.
template <int P>
AX_AVX2 void multiply(
    const float *mixed, size_t tapStride, size_t rowStride, const float *weights, int taps, int depth, float *sums) {
    __m256 sum[P][2];
    for (int p = 0; p < P; p++) sum[p][0] = sum[p][1] = _mm256_setzero_ps();
    for (int tap = 0; tap < taps; tap++, mixed += tapStride)
        for (int c = 0; c < depth; c++, weights += panelWidth) {
            const __m256 first = _mm256_loadu_ps(weights), second = _mm256_loadu_ps(weights + 8);
#pragma clang loop unroll(full)
            for (int p = 0; p < P; p++) {
                const __m256 a = _mm256_broadcast_ss(mixed + size_t(p) * rowStride + c);
                sum[p][0] = _mm256_fmadd_ps(a, first, sum[p][0]);
                sum[p][1] = _mm256_fmadd_ps(a, second, sum[p][1]);
            }
        }
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) {
        _mm256_storeu_ps(sums + p * panelWidth, sum[p][0]);
        _mm256_storeu_ps(sums + p * panelWidth + 8, sum[p][1]);
    }
}

void multiplyRows(
    int rows, const float *mixed, size_t tapStride, size_t rowStride, const float *weights, int taps, int depth,
    float *sums) {
    switch (rows) {
    case 1: return multiply<1>(mixed, tapStride, rowStride, weights, taps, depth, sums);
    case 2: return multiply<2>(mixed, tapStride, rowStride, weights, taps, depth, sums);
    case 3: return multiply<3>(mixed, tapStride, rowStride, weights, taps, depth, sums);
    case 4: return multiply<4>(mixed, tapStride, rowStride, weights, taps, depth, sums);
    case 5: return multiply<5>(mixed, tapStride, rowStride, weights, taps, depth, sums);
    default: return multiply<6>(mixed, tapStride, rowStride, weights, taps, depth, sums);
    }
}

/// One window's output pixels, eight channels.
template <int Pixels>
AX_AVX2 void unmix(
    const Filtering &f, const float *sums, size_t stride, __m256 bias, bool relu, float *y, int rows, int columns) {
    __m256 half[Pixels][points];
    for (int j = 0; j < points; j++) {
        __m256 column[points], mixed[Pixels];
        for (int i = 0; i < points; i++) column[i] = _mm256_loadu_ps(sums + size_t(i * points + j) * stride);
        unmixLine<Pixels>(column, mixed);
        for (int i = 0; i < Pixels; i++) half[i][j] = mixed[i];
    }
    const __m256 least = relu ? _mm256_setzero_ps() : _mm256_set1_ps(-__builtin_inff());
#pragma clang loop unroll(full)
    for (int i = 0; i < Pixels; i++) {
        if (i >= rows) continue;
        __m256 mixed[Pixels];
        unmixLine<Pixels>(half[i], mixed);
#pragma clang loop unroll(full)
        for (int j = 0; j < Pixels; j++)
            if (j < columns)
                _mm256_storeu_ps(
                    y + (int64_t(i) * f.count[1] + j) * f.out, _mm256_max_ps(least, _mm256_add_ps(mixed[j], bias)));
    }
}

struct Call {
    const Filtering &f;
    const float *x, *packed, *bias;
    bool relu;
    float *y;
};

/// A thread's memory: a block's transformed windows, [place, frame, window, channel], and one panel's sums, [place, output frame,
/// window, 16].
class Block {
public:
    Block(const Call &call, float *memory) : call(call), f(call.f), mixed(memory) {
        sums = mixed + places * mixedStride(f);
        copies = sums + places * sumStride(f);
        zeros = copies + size_t(places) * f.depthStride;
        std::memset(copies, 0, size_t(places + 1) * f.depthStride * sizeof(float));
    }

    void take(int64_t first, int64_t last) {
        begin = first;
        count = int(last - first);
        const int64_t frameSize = int64_t(f.side[0]) * f.side[1] * f.in;
        for (int w = 0; w < count; w++) {
            const Window window(f, begin + w);
            for (int t = 0; t < f.frames; t++) {
                const float *pixels[places];
                pointAtPixels(
                    f, call.x + (int64_t(window.image) * f.frames + t) * frameSize, window, zeros, copies, pixels);
                mix(f, pixels, mixed + (size_t(t) * f.group + w) * f.depthStride, mixedStride(f));
            }
        }
    }

    void run(int panel) {
        const float *weights = call.packed + size_t(panel) * places * placeWeights(f);
        for (int place = 0; place < places; place++, weights += placeWeights(f)) {
            const float *from = mixed + place * mixedStride(f);
            float *to = sums + place * sumStride(f);
            for (int t = 0; t < f.outputFrames; t++) {
                const int start = t * f.step - f.before;
                const int first = std::max(0, -start), last = std::min(f.kernel[0], f.frames - start);
                for (int w = 0; w < count; w += tileWindows)
                    multiplyRows(
                        std::min(tileWindows, count - w), from + (int64_t(start + first) * f.group + w) * f.depthStride,
                        size_t(f.group) * f.depthStride, size_t(f.depthStride),
                        weights + size_t(first) * f.depth * panelWidth, last - first, f.depth,
                        to + (size_t(t) * f.group + w) * panelWidth);
            }
        }
        place(panel);
    }

private:
    AX_AVX2 void place(int panel) {
        const int64_t frameSize = int64_t(f.count[0]) * f.count[1] * f.out;
        for (int w = 0; w < count; w++) {
            const Window window(f, begin + w);
            const int top = window.row * f.pixels(), left = window.column * f.pixels();
            const int rows = std::min(f.pixels(), f.count[0] - top), columns = std::min(f.pixels(), f.count[1] - left);
            for (int t = 0; t < f.outputFrames; t++)
                for (int c = panel * panelWidth, half = 0; half < 2 && c < f.out; half++, c += 8) {
                    const float *from = sums + (size_t(t) * f.group + w) * panelWidth + half * 8;
                    float *to = call.y + (int64_t(window.image) * f.outputFrames + t) * frameSize
                        + (int64_t(top) * f.count[1] + left) * f.out + c;
                    const __m256 bias = call.bias ? _mm256_loadu_ps(call.bias + c) : _mm256_setzero_ps();
                    if (f.taps == 3)
                        unmix<4>(f, from, sumStride(f), bias, call.relu, to, rows, columns);
                    else
                        unmix<3>(f, from, sumStride(f), bias, call.relu, to, rows, columns);
                }
        }
    }

    const Call &call;
    const Filtering &f;
    float *mixed, *sums, *copies, *zeros;
    int64_t begin = 0;
    int count = 0;
};

}  // namespace

void run(
    const Filtering &f, const float *x, const float *packed, const float *bias, bool relu, float *y, void *scratch) {
    const Call call{f, x, packed, bias, relu, y};
    const int64_t windows = allWindows(f), units = (windows + f.group - 1) / f.group * panels(f);
    const int threads = team_size();
    // A unit is a block of windows and a panel of channels, panels fastest: few windows still give every thread some work.
    parallel(threads, 1, [&](int64_t firstThread, int64_t lastThread) {
        for (int64_t me = firstThread; me < lastThread; me++) {
            Block block(call, static_cast<float *>(scratch) + size_t(me) * threadFloats(f));
            int64_t taken = -1;
            for (int64_t u = units * me / threads; u < units * (me + 1) / threads; u++) {
                const int64_t number = u / panels(f);
                if (number != taken) block.take(number * f.group, std::min((number + 1) * f.group, windows));
                taken = number;
                block.run(int(u % panels(f)));
            }
        }
    });
}

#else

void run(const Filtering &, const float *, const float *, const float *, bool, float *, void *) {}

#endif

}  // namespace ax::winograd
