#include "DirectPatches.hpp"
#include "Engine.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define AX_AVX2 __attribute__((target("avx2,fma")))

namespace ax::direct {

namespace {

/// Pixels whose products stay in registers before they are added to memory. Measured: 64 keeps the tile's part of the
/// patches and gradients in the first-level cache; 256 was 2-11% slower, 48 no faster.
constexpr int64_t chunkPixels = 64;
/// With fewer pixels than this per thread, the threads share the kernel's numbers instead of the pixels.
constexpr int64_t pixelsWorthSplitting = 1024;

/// sums[m, v] += Σ over pixels of patch[m] · gradient[v]: M numbers of the patch by V vectors of eight output channels.
template <int M, int V>
AX_AVX2 void tile(const float *const *patches, int64_t first, const float *gradient, int64_t pixels, float *sums) {
    __m256 sum[M][V];
    for (int m = 0; m < M; m++)
        for (int v = 0; v < V; v++) sum[m][v] = _mm256_setzero_ps();
    for (int64_t q = 0; q < pixels; q++) {
        const float *patch = patches[q] + first;
        __m256 g[V];
        for (int v = 0; v < V; v++) g[v] = _mm256_loadu_ps(gradient + (q * V + v) * 8);
#pragma clang loop unroll(full)
        for (int m = 0; m < M; m++) {
            const __m256 x = _mm256_broadcast_ss(patch + m);
            for (int v = 0; v < V; v++) sum[m][v] = _mm256_fmadd_ps(x, g[v], sum[m][v]);
        }
    }
    for (int m = 0; m < M; m++)
        for (int v = 0; v < V; v++) {
            float *to = sums + (m * V + v) * 8;
            _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to), sum[m][v]));
        }
}

using Tile = void (*)(const float *const *, int64_t, const float *, int64_t, float *);

template <int V>
Tile tileFor(int m) {
    if constexpr (V == 2) {
        static const Tile tiles[] = {tile<1, 2>, tile<2, 2>, tile<3, 2>, tile<4, 2>, tile<5, 2>, tile<6, 2>};
        return tiles[m - 1];
    } else {
        static const Tile tiles[] = {tile<1, 1>, tile<2, 1>, tile<3, 1>, tile<4, 1>,  tile<5, 1>,  tile<6, 1>,
                                     tile<7, 1>, tile<8, 1>, tile<9, 1>, tile<10, 1>, tile<11, 1>, tile<12, 1>};
        return tiles[m - 1];
    }
}

/// The sizes of one weights' gradient.
struct Plan {
    Grid grid;
    int out, vectors, panel, panels, tileRows, tilesARow, rows;
    int64_t pixels, sums;

    explicit Plan(const ax_dnn_convolution &s) {
        grid = forwardProducts(s).parts[0].grid;
        out = s.out;
        vectors = out <= 8 ? 1 : 2;
        panel = vectors * 8;
        panels = (out + panel - 1) / panel;
        tileRows = vectors == 1 ? 12 : 6;
        tilesARow = (grid.length() + tileRows - 1) / tileRows;
        rows = grid.rows();
        pixels = grid.pixels();
        sums = int64_t(panels) * rows * grid.length() * panel;
    }
    int64_t tiles() const { return int64_t(panels) * rows * tilesARow; }
    size_t threadBytes() const {
        return aligned(size_t(sums) * sizeof(float)) + aligned(size_t(chunkPixels * panels * panel) * sizeof(float))
            + Patches::bytes(grid, chunkPixels);
    }
};

/// dy's pixels as panels of eight or sixteen channels, zeros beyond the last channel.
void packGradient(const Plan &plan, const float *dy, int64_t first, int64_t last, float *to) {
    for (int p = 0; p < plan.panels; p++) {
        const int begin = p * plan.panel, width = std::min(plan.panel, plan.out - begin);
        float *panel = to + p * chunkPixels * plan.panel;
        for (int64_t q = first; q < last; q++, panel += plan.panel) {
            const float *from = dy + q * plan.out + begin;
            if (width == 16)
                std::memcpy(panel, from, 16 * sizeof(float));
            else
                for (int c = 0; c < plan.panel; c++) panel[c] = c < width ? from[c] : 0;
        }
    }
}

/// Adds pixels [first, last) to tiles [from, until) of `sums`.
void accumulate(
    const Plan &plan, const float *x, const float *dy, int64_t first, int64_t last, int64_t from, int64_t until,
    float *sums, char *memory) {
    float *gradient = reinterpret_cast<float *>(memory);
    Patches patches(
        plan.grid, x, chunkPixels, memory + aligned(size_t(chunkPixels * plan.panels * plan.panel) * sizeof(float)));
    const int length = plan.grid.length();
    for (int64_t at = first; at < last; at += chunkPixels) {
        const int64_t pixels = std::min(chunkPixels, last - at);
        patches.point(at, at + pixels);
        packGradient(plan, dy, at, at + pixels, gradient);
        for (int64_t t = from; t < until; t++) {
            const int64_t panel = t / (plan.rows * plan.tilesARow), row = t / plan.tilesARow % plan.rows;
            const int begin = int(t % plan.tilesARow) * plan.tileRows;
            const int m = std::min(plan.tileRows, length - begin);
            (plan.vectors == 1 ? tileFor<1>(m) : tileFor<2>(m))(
                patches.row(int(row)), begin, gradient + panel * chunkPixels * plan.panel, pixels,
                sums + ((panel * plan.rows + row) * length + begin) * plan.panel);
        }
    }
}

}  // namespace

size_t weightsScratchBytes(const ax_dnn_convolution &shape) { return Plan(shape).threadBytes() * size_t(team_size()); }

void backwardWeights(const ax_dnn_convolution &shape, const float *x, const float *dy, float *dw, void *scratch) {
    const Plan plan(shape);
    const int threads = team_size();
    const bool split = plan.pixels >= threads * pixelsWorthSplitting;
    const size_t sumsBytes = aligned(size_t(plan.sums) * sizeof(float)), threadBytes = plan.threadBytes();
    char *memory = static_cast<char *>(scratch);
    auto sumsOf = [=](int thread) { return reinterpret_cast<float *>(memory + size_t(thread) * threadBytes); };
    if (!split) std::memset(sumsOf(0), 0, sumsBytes);
    // Shares by thread number, not by arrival: the order of additions is the same each time.
    parallel(threads, 1, [&](int64_t first, int64_t last) {
        for (int64_t me = first; me < last; me++) {
            char *own = memory + size_t(me) * threadBytes + sumsBytes;
            if (split) {
                std::memset(sumsOf(int(me)), 0, sumsBytes);
                accumulate(
                    plan, x, dy, plan.pixels * me / threads, plan.pixels * (me + 1) / threads, 0, plan.tiles(),
                    sumsOf(int(me)), own);
            } else {
                accumulate(
                    plan, x, dy, 0, plan.pixels, plan.tiles() * me / threads, plan.tiles() * (me + 1) / threads,
                    sumsOf(0), own);
            }
        }
    });
    const int64_t numbers = int64_t(plan.rows) * plan.grid.length();
    parallel(numbers, 4096 / plan.out + 1, [&](int64_t first, int64_t last) {
        for (int p = 0; p < plan.panels; p++) {
            const int begin = p * plan.panel, width = std::min(plan.panel, plan.out - begin);
            for (int64_t r = first; r < last; r++) {
                float total[16] = {};
                for (int t = 0; t < (split ? threads : 1); t++) {
                    const float *from = sumsOf(t) + (p * numbers + r) * plan.panel;
                    for (int c = 0; c < plan.panel; c++) total[c] += from[c];
                }
                for (int c = 0; c < width; c++) dw[r * plan.out + begin + c] = total[c];
            }
        }
    });
}

}  // namespace ax::direct

#else

namespace ax::direct {
size_t weightsScratchBytes(const ax_dnn_convolution &) { return 0; }
void backwardWeights(const ax_dnn_convolution &, const float *, const float *, float *, void *) {}
}  // namespace ax::direct

#endif
