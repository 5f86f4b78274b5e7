// How reductions are divided: by size alone, never by the number of threads, so that a sum has the same bits on any number of them.
#pragma once
#include <cstddef>

namespace ax {

// Few enough additions for float32 within a piece; the pieces' sums are added in Double.
constexpr size_t floats_a_piece = 16384;

inline size_t rows_a_piece(size_t row) {
    const size_t rows = floats_a_piece / (row > 0 ? row : 1);
    return rows > 0 ? rows : 1;
}

inline size_t piece_count(size_t rows, size_t row) {
    const size_t each = rows_a_piece(row);
    return (rows + each - 1) / each;
}

// Pixels of a piece of a rollout: whole blocks on every instruction set, and at most 32 pieces, each with its own sums.
inline size_t rollout_share(size_t pixels) {
    const size_t share = (pixels + 31) / 32;
    return (share + 63) / 64 * 64;
}

}  // namespace ax
