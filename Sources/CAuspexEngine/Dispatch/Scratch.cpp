// How much room partial results take.
#include "Kernels.h"
#include "Pieces.hpp"

size_t ax_reduce_scratch(size_t outer, size_t reduced, size_t inner) {
    const size_t pieces = ax::piece_count(reduced, inner);
    return pieces > 1 ? outer * pieces * inner : 0;
}

size_t ax_sum_of_squares_scratch(size_t count) { return ax::piece_count(count, 1); }

size_t ax_vector_matrix_scratch(size_t rows, size_t columns) { return ax::piece_count(rows, columns) * columns; }

size_t ax_batch_statistics_scratch(size_t rows, size_t channels) {
    return ax::piece_count(rows, channels) * 2 * channels;
}

size_t ax_norm_backward_scratch(size_t images, size_t pixels, size_t channels) {
    // Two sums an image piece, then two coefficients a channel for the second pass.
    return (images * ax::piece_count(pixels, channels) + 1) * 2 * channels;
}

size_t ax_group_statistics_scratch(size_t images, size_t pixels, size_t channels) {
    return images * ax::piece_count(pixels, channels) * 2 * channels;
}

size_t ax_group_norm_backward_scratch(size_t images, size_t pixels, size_t channels) {
    // Two sums an image piece, then four coefficients an image: scale, shift, slope and offset.
    return images * (ax::piece_count(pixels, channels) + 2) * 2 * channels;
}
