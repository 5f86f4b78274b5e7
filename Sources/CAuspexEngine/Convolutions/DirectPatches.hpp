#pragma once
#include "Direct.hpp"
#include <algorithm>
#include <cstring>

namespace ax::direct {

inline size_t aligned(size_t bytes) { return (bytes + 63) & ~size_t(63); }

/// A chunk's pointers to patches, by row of the kernel and pixel, in memory provided by the caller.
class Patches {
public:
    static int64_t border(const Grid &g, int64_t chunk) {
        int64_t crossing = 0;
        for (int x = 0; x < g.count[2]; x++) crossing += !inside(g, x);
        return std::min(chunk, (chunk / g.count[2] + 2) * crossing);
    }
    static size_t bytes(const Grid &g, int64_t chunk) {
        return aligned(size_t(g.rows()) * size_t(chunk) * sizeof(float *)) + aligned(size_t(g.length()) * sizeof(float))
            + aligned(size_t(g.rows()) * size_t(border(g, chunk)) * size_t(g.length()) * sizeof(float));
    }

    Patches(const Grid &g, const float *x, int64_t chunk, char *memory) : grid(g), x(x), chunk(chunk) {
        pointers = reinterpret_cast<const float **>(memory);
        memory += aligned(size_t(g.rows()) * size_t(chunk) * sizeof(float *));
        zeros = reinterpret_cast<float *>(memory);
        std::memset(zeros, 0, size_t(g.length()) * sizeof(float));
        copies = reinterpret_cast<float *>(memory + aligned(size_t(g.length()) * sizeof(float)));
    }

    /// Points at pixels [first, last) of the grid, counted over images, planes, rows and columns. The table's remaining
    /// places repeat the last pixel, so that a tile can run past the end.
    void point(int64_t first, int64_t last) {
        float *copy = copies;
        const int64_t perRow = grid.count[2];
        for (int64_t at = first; at < last;) {
            const int64_t row = at / perRow;
            const int begin = int(at % perRow), end = int(std::min(perRow, begin + last - at));
            const int y = int(row % grid.count[1]), z = int(row / grid.count[1] % grid.count[0]);
            const int64_t n = row / grid.count[1] / grid.count[0];
            for (int tap = 0; tap < grid.rows(); tap++) {
                const int i = z * grid.step[0] + grid.origin[0] + tap / grid.taps[1];
                const int j = y * grid.step[1] + grid.origin[1] + tap % grid.taps[1];
                const float **to = pointers + tap * chunk + (at - first);
                if (i < 0 || i >= grid.side[0] || j < 0 || j >= grid.side[1])
                    std::fill(to, to + (end - begin), zeros);
                else
                    pointRow(
                        x + ((n * grid.side[0] + i) * grid.side[1] + j) * grid.side[2] * grid.channels, begin, end, to,
                        copy);
            }
            at += end - begin;
        }
        for (int tap = 0; tap < grid.rows(); tap++)
            for (int64_t q = last - first; q < chunk && q < last - first + 8; q++)
                pointers[tap * chunk + q] = pointers[tap * chunk + last - first - 1];
    }

    const float *const *row(int tap) const { return pointers + tap * chunk; }

private:
    static bool inside(const Grid &g, int x) {
        const int start = x * g.step[2] + g.origin[2];
        return start >= 0 && start + g.taps[2] <= g.side[2];
    }

    void pointRow(const float *source, int begin, int end, const float **to, float *&copy) {
        for (int q = begin; q < end; q++, to++) {
            const int start = q * grid.step[2] + grid.origin[2];
            if (start >= 0 && start + grid.taps[2] <= grid.side[2]) {
                *to = source + int64_t(start) * grid.channels;
                continue;
            }
            const int from = std::max(start, 0), until = std::min(start + grid.taps[2], grid.side[2]);
            std::memset(copy, 0, size_t(grid.length()) * sizeof(float));
            if (from < until)
                std::memcpy(
                    copy + (from - start) * grid.channels, source + int64_t(from) * grid.channels,
                    size_t(until - from) * size_t(grid.channels) * sizeof(float));
            *to = copy;
            copy += grid.length();
        }
    }

    const Grid &grid;
    const float *x;
    int64_t chunk;
    const float **pointers;
    float *zeros, *copies;
};

}  // namespace ax::direct
