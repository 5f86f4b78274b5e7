// The space needed for partial results.
#include "Kernels.h"
#include "Pieces.hpp"
#include "Team.hpp"

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
    // Two sums per image piece, then two coefficients per channel for the second pass.
    return (images * ax::piece_count(pixels, channels) + 1) * 2 * channels;
}

size_t ax_group_statistics_scratch(size_t images, size_t pixels, size_t channels) {
    return images * ax::piece_count(pixels, channels) * 2 * channels;
}

size_t ax_group_norm_backward_scratch(size_t images, size_t pixels, size_t channels) {
    // Two sums per image piece, then four coefficients per image: scale, shift, slope and offset.
    return images * (ax::piece_count(pixels, channels) + 2) * 2 * channels;
}

// The widest vector: rows may be read and written this far beyond their end.
static constexpr size_t slack = 16;

size_t ax_polynomial_expansion_scratch(
    size_t height, size_t width, size_t level_height, size_t level_width, size_t blur_count, size_t reach) {
    const size_t blurred = width + blur_count + slack, fitted = 3 * (level_width + 2 * reach + slack);
    return 2 * height * width + level_height * level_width + (blurred > fitted ? blurred : fitted);
}

size_t ax_polynomial_flow_scratch(size_t height, size_t width, size_t window) {
    // The displacement and five sums per pixel; a row of each sum with its surroundings; the columns' trust.
    return 7 * height * width + 5 * (width + window + slack) + width + slack;
}

size_t ax_rollout_pieces(const ax_rollout *r) {
    const size_t all = r->images * r->pixels, share = ax::rollout_share(all);
    return (all + share - 1) / share;
}

// Rollouts work on blocks of two vectors, of 32 numbers where they are largest.
namespace {
constexpr size_t most_width = 16, most_lanes = 32, outputs = 6;
size_t rollout_rows(const ax_rollout *r) { return (6 + r->first + r->second) * most_lanes; }
}  // namespace

size_t ax_rollout_scratch(const ax_rollout *r) {
    return size_t(ax::team_size()) * ((4 + r->first) * most_lanes + rollout_rows(r));
}

size_t ax_rollout_backward_scratch(const ax_rollout *r) {
    const size_t stride = (r->second + most_width - 1) / most_width * most_width;
    const size_t sums = 4 * r->first + (outputs + 1) * r->second + outputs;
    const size_t thread =
        (4 + 3 * r->first + r->second + stride) * most_lanes + sums * most_width + r->times * rollout_rows(r);
    return ax_rollout_pieces(r) * (r->first * stride + sums) + size_t(ax::team_size()) * thread;
}
