#include "DirectPatches.hpp"
#include "Engine.hpp"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ax::direct {

namespace {

/// Output pixels of a chunk: a multiple of both tiles' pixels; their patches fit the first- or second-level cache.
constexpr int64_t chunkPixels = 96;

int panelOf(int out) { return out <= 8 ? 8 : 16; }

void takeSides(const int32_t (&entries)[3], int spatial, int (&to)[3], int filler) {
    for (int i = 0; i < 3; i++) to[i] = i < 3 - spatial ? filler : entries[i];
}

int64_t weightsOf(const Grid &g, int out) {
    const int panel = panelOf(out);
    return int64_t((out + panel - 1) / panel) * g.rows() * g.length() * panel;
}

}  // namespace

bool isChosen(const ax_dnn_convolution &s, int direction) {
#if defined(__x86_64__)
    static const bool runsHere = isa() == ax_isa_avx2 && __builtin_cpu_supports("fma");
#else
    const bool runsHere = false;
#endif
    if (!runsHere || s.type != ax_dnn_f32 || s.groups > 1) return false;
    int taps = 1, steps = 1;
    double inputs = double(s.batch) * s.in, outputs = double(s.batch) * s.out;
    for (int i = 3 - s.spatial; i < 3; i++) {
        taps *= s.kernel[i];
        steps *= s.stride[i];
        inputs *= s.input[i];
        outputs *= s.output[i];
    }
    // GFLOP/s per core, ours against oneDNN 2.6.3 / 3.2, 3x3 unless stated otherwise:
    //   forward         2-D 128 channels 8x8 94 / 76 / 106, 32 channels 32x32 89 / 82 / 89; 3-D 16 channels 84 / 77 / 95
    //   data's gradient 2-D 32 channels 32x32 88 / 77 / 88; 2x2 32 to 64 channels 92 / 46 / 93;
    //                   3-D 4x4x4 stride 2, 16 and 32 channels 72 and 89 / 38 and 63 / 61 and 83
    //   weights'        2-D 32 channels 76 / 66 / 63; 3-D 16 and 32 channels 79 and 84 / 36 and 52 / 38 and 54;
    //                   few channels in or out (3) 19-42 / 27-55: oneDNN
    const bool old = ax_dnn_version() < 300;
    switch (direction) {
    case ax_dnn_forward: return old && taps > 1 && steps == 1 && s.in >= 8 && (s.spatial == 2 || s.in < 32);
    case ax_dnn_backward_data:
        if (!old || taps == 1) return false;
        if (s.spatial == 3) return steps > 1;
        // oneDNN 2.6 loses a fifth to a half if activations do not fit in the caches.
        return steps == 1 && s.in >= 32 && s.out > 8 && inputs + outputs > 1e6;
    default: return taps > 1 && (s.spatial == 3 || (s.in >= 8 && s.out > 8));
    }
}

Products forwardProducts(const ax_dnn_convolution &s) {
    Part part{};
    Grid &g = part.grid;
    g.batch = s.batch;
    g.channels = s.in;
    int before[3];
    takeSides(s.input, s.spatial, g.side, 1);
    takeSides(s.kernel, s.spatial, g.taps, 1);
    takeSides(s.stride, s.spatial, g.step, 1);
    takeSides(s.output, s.spatial, g.count, 1);
    takeSides(s.before, s.spatial, before, 0);
    for (int i = 0; i < 3; i++) g.origin[i] = -before[i];
    part.stride[2] = 1;
    part.stride[1] = g.count[2];
    part.stride[0] = int64_t(g.count[1]) * g.count[2];
    part.image = part.stride[0] * g.count[0];
    return {{part}, s.out, weightsOf(g, s.out), false};
}

/// dx[s·i + a] = Σ over taps k ≡ a + before (mod s) of dy[i + (a + before − k) / s] · w[k]: for each residue a of the
/// stride a convolution of stride 1 over dy, whose taps are every s-th of the kernel's, in reverse.
Products backwardDataProducts(const ax_dnn_convolution &s) {
    const Grid forward = forwardProducts(s).parts[0].grid;
    Products products{{}, s.in, 0, true};
    int residues = 1;
    for (int i = 0; i < 3; i++) residues *= forward.step[i];
    for (int r = 0; r < residues; r++) {
        const int a[3] = {
            r / (forward.step[1] * forward.step[2]), r / forward.step[2] % forward.step[1], r % forward.step[2]};
        Part part{};
        Grid &g = part.grid;
        g.batch = s.batch;
        g.channels = s.out;
        int64_t stride = 1;
        for (int i = 2; i >= 0; i--) {
            const int step = forward.step[i], before = -forward.origin[i];
            const int least = (a[i] + before) % step;
            g.side[i] = forward.count[i];
            g.taps[i] = least < forward.taps[i] ? (forward.taps[i] - least + step - 1) / step : 0;
            g.step[i] = 1;
            g.origin[i] = (a[i] + before - least) / step - (g.taps[i] - 1);
            g.count[i] = a[i] < forward.side[i] ? (forward.side[i] - a[i] + step - 1) / step : 0;
            part.stride[i] = stride * step;
            part.place += stride * a[i];
            stride *= forward.side[i];
        }
        std::copy(a, a + 3, part.residue);
        part.image = stride;
        part.weights = products.packed;
        products.packed += weightsOf(g, s.in);
        // A residue beyond a short side has no pixels but still has weights: the packing does not depend on sides.
        products.parts.push_back(part);
    }
    return products;
}

void pack(const ax_dnn_convolution &s, const Products &products, const float *weights, float *packed) {
    const Grid forward = forwardProducts(s).parts[0].grid;
    const int panel = panelOf(products.out);
    for (const Part &part : products.parts) {
        const Grid &g = part.grid;
        float *to = packed + part.weights;
        for (int begin = 0; begin < products.out; begin += panel)
            for (int row = 0; row < g.rows(); row++)
                for (int column = 0; column < g.taps[2]; column++) {
                    int tap[3] = {row / g.taps[1], row % g.taps[1], column};
                    if (products.flipped)
                        for (int i = 0; i < 3; i++) {
                            const int step = forward.step[i];
                            tap[i] = (part.residue[i] - forward.origin[i]) % step + (g.taps[i] - 1 - tap[i]) * step;
                        }
                    const float *w = weights
                        + ((int64_t(tap[0]) * forward.taps[1] + tap[1]) * forward.taps[2] + tap[2]) * s.in * s.out;
                    for (int i = 0; i < g.channels; i++)
                        for (int o = begin; o < begin + panel; o++)
                            *to++ = o >= products.out ? 0 : products.flipped ? w[o * s.out + i] : w[i * s.out + o];
                }
    }
}

size_t scratchBytes(const Products &products) {
    size_t most = 0;
    for (const Part &part : products.parts)
        if (part.grid.pixels() > 0) most = std::max(most, Patches::bytes(part.grid, chunkPixels));
    return most * size_t(team_size());
}

#if defined(__x86_64__)
#define AX_AVX2 __attribute__((target("avx2,fma")))

namespace {

/// What a tile needs to know besides its pixels.
struct Panel {
    const float *weights;
    const float *bias;  ///< sixteen numbers, zeros without a bias
    int rows, length, width;
    bool relu;
};

/// P pixels by V vectors of eight output channels.
template <int P, int V>
AX_AVX2 void tile(const Panel &panel, const float *const *patches, float *const *outputs, int pixels) {
    __m256 sum[P][V];
    for (int v = 0; v < V; v++) {
        const __m256 bias = _mm256_loadu_ps(panel.bias + v * 8);
        for (int p = 0; p < P; p++) sum[p][v] = bias;
    }
    const float *w = panel.weights;
    for (int row = 0; row < panel.rows; row++, patches += chunkPixels) {
        const float *x[P];
        for (int p = 0; p < P; p++) x[p] = patches[p];
        for (int m = 0; m < panel.length; m++, w += V * 8) {
            __m256 weight[V];
            for (int v = 0; v < V; v++) weight[v] = _mm256_loadu_ps(w + v * 8);
#pragma clang loop unroll(full)
            for (int p = 0; p < P; p++) {
                const __m256 a = _mm256_broadcast_ss(x[p] + m);
                for (int v = 0; v < V; v++) sum[p][v] = _mm256_fmadd_ps(a, weight[v], sum[p][v]);
            }
        }
    }
    if (panel.relu)
        for (int p = 0; p < P; p++)
            for (int v = 0; v < V; v++) sum[p][v] = _mm256_max_ps(_mm256_setzero_ps(), sum[p][v]);
    // Unrolled to the tile's size: an index unknown at compile time would force the sums into memory.
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) {
        if (p >= pixels) continue;
        if (panel.width == V * 8) {
            for (int v = 0; v < V; v++) _mm256_storeu_ps(outputs[p] + v * 8, sum[p][v]);
        } else {
            float numbers[V * 8];
            for (int v = 0; v < V; v++) _mm256_storeu_ps(numbers + v * 8, sum[p][v]);
            for (int c = 0; c < panel.width; c++) outputs[p][c] = numbers[c];
        }
    }
}

/// Where the results of pixels [first, last) go.
void placeOutputs(const Part &part, int out, int64_t first, int64_t last, float *y, float **outputs) {
    const Grid &g = part.grid;
    for (int64_t at = first; at < last;) {
        const int64_t row = at / g.count[2], column = at % g.count[2];
        const int64_t end = std::min<int64_t>(g.count[2], column + last - at);
        const int64_t line = part.place + row / g.count[1] / g.count[0] * part.image
            + row / g.count[1] % g.count[0] * part.stride[0] + row % g.count[1] * part.stride[1];
        for (int64_t x = column; x < end; x++, at++) outputs[at - first] = y + (line + x * part.stride[2]) * out;
    }
}

struct Call {
    const Products &products;
    const float *x, *packed, *bias;
    bool relu;
    float *y;
};

/// The panel of output channels that begins at `begin`, for a chunk's pixels.
void runChunk(
    const Call &call, const Part &part, const Patches &patches, float *const *outputs, int64_t pixels, int begin) {
    const int width = panelOf(call.products.out);
    float bias[16] = {};
    const int channels = std::min(width, call.products.out - begin);
    if (call.bias) std::memcpy(bias, call.bias + begin, size_t(channels) * sizeof(float));
    const Grid &g = part.grid;
    const float *weights = call.packed + part.weights + int64_t(begin) * g.rows() * g.length();
    const Panel panel{weights, bias, g.rows(), g.length(), channels, call.relu};
    float *places[8];
    const int step = width == 16 ? 6 : 8;
    for (int64_t q = 0; q < pixels; q += step) {
        const int valid = int(std::min<int64_t>(step, pixels - q));
        for (int p = 0; p < valid; p++) places[p] = outputs[q + p] + begin;
        if (width == 16)
            tile<6, 2>(panel, patches.row(0) + q, places, valid);
        else
            tile<8, 1>(panel, patches.row(0) + q, places, valid);
    }
}

}  // namespace

void run(
    const Products &products, const float *x, const float *packed, const float *bias, bool relu, float *y,
    void *scratch) {
    const Call call{products, x, packed, bias, relu, y};
    const int panel = panelOf(products.out), panels = (products.out + panel - 1) / panel;
    const int threads = team_size();
    const size_t threadBytes = scratchBytes(products) / size_t(threads);
    int64_t units = 0;
    for (const Part &part : products.parts) units += (part.grid.pixels() + chunkPixels - 1) / chunkPixels * panels;
    // A unit is a chunk of pixels and a panel of channels, panels fastest: few pixels still give every thread some work.
    parallel(threads, 1, [&](int64_t firstThread, int64_t lastThread) {
        for (int64_t me = firstThread; me < lastThread; me++) {
            const int64_t from = units * me / threads, until = units * (me + 1) / threads;
            float *outputs[chunkPixels];
            int64_t before = 0;
            for (const Part &part : products.parts) {
                const int64_t pixels = part.grid.pixels();
                if (pixels == 0) continue;
                const int64_t own = (pixels + chunkPixels - 1) / chunkPixels * panels;
                Patches patches(part.grid, x, chunkPixels, static_cast<char *>(scratch) + size_t(me) * threadBytes);
                int64_t pointed = -1;
                for (int64_t u = std::max(from, before); u < std::min(until, before + own); u++) {
                    const int64_t chunk = (u - before) / panels, first = chunk * chunkPixels;
                    const int64_t last = std::min(first + chunkPixels, pixels);
                    if (chunk != pointed) {
                        patches.point(first, last);
                        placeOutputs(part, products.out, first, last, y, outputs);
                        pointed = chunk;
                    }
                    runChunk(call, part, patches, outputs, last - first, int((u - before) % panels) * panel);
                }
                before += own;
            }
        }
    });
}

#else

void run(const Products &, const float *, const float *, const float *, bool, float *, void *) {}

#endif

}  // namespace ax::direct
