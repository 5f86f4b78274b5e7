#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

// Loops that no library offers. Functions take sizes, inputs and outputs; they own and allocate nothing. A function that needs space for
// partial results gives its size in a function `..._scratch`, in floats, and the caller provides it. An output may be the same array as an
// input if the comment says "in place"; otherwise it must not overlap any. Work is divided by size and thread count alone, and
// partial sums are added in a fixed order: the same inputs give the same bits.

// MARK: The machine

/// Instruction sets, each containing those before it.
typedef enum { ax_isa_baseline = 0, ax_isa_avx2 = 1, ax_isa_avx512 = 2 } ax_isa;

/// The best instruction set of this processor, limited by the environment variable AUSPEX_ISA (baseline or avx2).
ax_isa ax_isa_available(void);
/// The one whose kernels run now.
ax_isa ax_isa_selected(void);
/// Chooses another, for tests; returns 0 and changes nothing if the processor lacks it.
int ax_isa_select(ax_isa isa);

/// How many threads a kernel may use (1...256). Called on the thread that computes, it also sets oneDNN's number.
void ax_set_threads(int count);
int ax_threads(void);

/// Returns freed memory that the C library keeps to the system.
void ax_trim_heap(void);

// MARK: Elementwise

typedef enum {
    ax_negate,
    ax_exp,
    ax_log,
    ax_tanh,
    ax_sigmoid,
    ax_relu,
    ax_abs,
    ax_square,
    ax_square_root,
    ax_reciprocal,
    ax_silu,
    ax_softplus
} ax_unary_operation;

/// out[i] = f(x[i]); in place allowed.
void ax_unary(ax_unary_operation operation, float *out, const float *x, size_t count);
/// out[i] = upstream[i] · f′, where `saved` is f's result for exp, tanh, sigmoid, relu, square root and reciprocal, its argument for the others.
void ax_unary_backward(
    ax_unary_operation operation, float *out, const float *upstream, const float *saved, size_t count);

/// out[i] = x[i] where x[i] > 0, else slope · x[i].
void ax_leaky_relu(float *out, const float *x, float slope, size_t count);
/// out[i] = upstream[i] where x[i] > 0, else slope · upstream[i].
void ax_leaky_relu_backward(float *out, const float *upstream, const float *x, float slope, size_t count);

/// out[i] = x[i], clamped to two limits.
void ax_clamp(float *out, const float *x, float least, float most, size_t count);
/// out[i] = upstream[i] where x[i] is within the limits, else 0.
void ax_clamp_backward(float *out, const float *upstream, const float *x, float least, float most, size_t count);

typedef enum { ax_add, ax_subtract, ax_multiply, ax_divide, ax_equal } ax_binary_operation;

/// out = a ∘ b with broadcasting: `out` is dense with the given sizes (rank 1...8), an operand's stride of a repeated axis is 0, and its
/// innermost stride 0 or 1. `ax_equal` gives 1 or 0. In place allowed on an operand that is not repeated.
void ax_binary(
    ax_binary_operation operation, float *out, const float *a, const float *b, int rank, const size_t *sizes,
    const size_t *a_strides, const size_t *b_strides);
/// out[i] = x[i] · scale + shift; in place allowed.
void ax_scale_shift(float *out, const float *x, float scale, float shift, size_t count);
/// sum[i] += addend[i]
void ax_accumulate(float *sum, const float *addend, size_t count);

// MARK: Reductions and softmax

typedef enum { ax_sum, ax_maximum } ax_reduction;

size_t ax_reduce_scratch(size_t outer, size_t reduced, size_t inner);
/// out[o, i] = scale · Σᵣ x[o, r, i], or the greatest (NaN if there is one; `reduced` at least 1; no scale).
void ax_reduce(
    ax_reduction reduction, float *out, const float *x, size_t outer, size_t reduced, size_t inner, float scale,
    float *scratch);

/// Softmax of x[o, :, i]; in place allowed.
void ax_softmax(float *out, const float *x, size_t outer, size_t count, size_t inner);
/// out = y ⊙ (upstream − Σ y ⊙ upstream), y the forward result.
void ax_softmax_backward(float *out, const float *upstream, const float *y, size_t outer, size_t count, size_t inner);

size_t ax_sum_of_squares_scratch(size_t count);
double ax_sum_of_squares(const float *x, size_t count, float *scratch);
/// 1 if no number is infinite or NaN.
int ax_all_finite(const float *x, size_t count);

/// out[r] = Σc matrix[r, c] · vector[c]
void ax_matrix_vector(float *out, const float *matrix, const float *vector, size_t rows, size_t columns);
size_t ax_vector_matrix_scratch(size_t rows, size_t columns);
/// out[c] = Σr vector[r] · matrix[r, c]
void ax_vector_matrix(
    float *out, const float *vector, const float *matrix, size_t rows, size_t columns, float *scratch);

// MARK: Moving

/// Copies elements of 1, 2 or 4 bytes between two strided layouts of the same sizes (rank 1...8; strides in elements).
void ax_copy_strided(
    void *out, const void *x, size_t element_bytes, int rank, const size_t *sizes, const size_t *out_strides,
    const size_t *x_strides);
/// out run i = x run places[i]
void ax_gather_runs(void *out, const void *x, const int64_t *places, size_t count, size_t run_bytes);
/// out run places[i] += x run i, after clearing all `out_count` runs of `run` floats.
void ax_scatter_add_runs(float *out, const float *x, const int64_t *places, size_t count, size_t run, size_t out_count);

// MARK: Normalisation

size_t ax_batch_statistics_scratch(size_t rows, size_t channels);
/// Mean and biased variance of each channel of x[rows, channels]; rows at least 1.
void ax_batch_statistics(float *mean, float *variance, const float *x, size_t rows, size_t channels, float *scratch);
/// Turns normalisation into one multiplication and one addition: scale[g, c] = gain[g, c] / √(variance[c] + epsilon), shift[g, c] =
/// bias[g, c] − mean[c] · scale[g, c].
void ax_norm_coefficients(
    float *scale, float *shift, const float *mean, const float *variance, const float *gain, const float *bias,
    float epsilon, size_t groups, size_t channels);
/// out = x ⊙ scale + shift, then ReLU if requested; x is [images, pixels, channels] and image n uses row n % groups.
void ax_norm_forward(
    float *out, const float *x, const float *scale, const float *shift, int relu, size_t images, size_t pixels,
    size_t channels, size_t groups);
size_t ax_norm_backward_scratch(size_t images, size_t pixels, size_t channels);
/// The gradients of normalisation with its gain, bias and ReLU, from the forward pass's x, statistics and coefficients; x_gradient may be
/// null. With `given` the statistics are constants, otherwise those of x itself. gain_gradient and bias_gradient are [groups, channels].
void ax_norm_backward(
    float *x_gradient, float *gain_gradient, float *bias_gradient, const float *upstream, const float *x,
    const float *mean, const float *variance, const float *gain, const float *scale, const float *shift, float epsilon,
    int relu, int given, size_t images, size_t pixels, size_t channels, size_t groups, float *scratch);

/// An activation applied to a group norm's output in the same pass.
typedef enum { ax_norm_identity, ax_norm_silu, ax_norm_leaky_relu } ax_norm_activation;

size_t ax_group_statistics_scratch(size_t images, size_t pixels, size_t channels);
/// Mean and 1 / √(biased variance + epsilon) over the pixels and channels of each group of each image of x[images, pixels, channels], written
/// for every channel: [images, channels] both. `groups` divides the channels; at least one pixel.
void ax_group_statistics(
    float *mean, float *inverse, const float *x, float epsilon, size_t images, size_t pixels, size_t channels,
    size_t groups, float *scratch);
/// out = activation((x − mean) · inverse · gain + bias), with gain and bias [channels]; `slope` is leaky ReLU's. `scratch` is 2 · images · channels floats.
void ax_group_norm_forward(
    float *out, const float *x, const float *mean, const float *inverse, const float *gain, const float *bias,
    ax_norm_activation activation, float slope, size_t images, size_t pixels, size_t channels, float *scratch);
size_t ax_group_norm_backward_scratch(size_t images, size_t pixels, size_t channels);
/// The gradients of all that, from the forward pass's x and statistics, which are those of x itself. x_gradient may be null;
/// gain_gradient and bias_gradient are [channels].
void ax_group_norm_backward(
    float *x_gradient, float *gain_gradient, float *bias_gradient, const float *upstream, const float *x,
    const float *mean, const float *inverse, const float *gain, const float *bias, ax_norm_activation activation,
    float slope, size_t images, size_t pixels, size_t channels, size_t groups, float *scratch);

// MARK: Gates and warps

/// out = σ(gate) ⊙ kept + (1 − σ(gate)) ⊙ max(candidate, 0)
void ax_gated_mix_forward(float *out, const float *gate, const float *kept, const float *candidate, size_t count);
/// Any of the three gradients may be null.
void ax_gated_mix_backward(
    float *gate_gradient, float *kept_gradient, float *candidate_gradient, const float *upstream, const float *gate,
    const float *kept, const float *candidate, size_t count);

/// The widest kernel of a warp.
#define AX_MAXIMUM_WARP_SIZE 21

/// out[n, y, x, :] = Σₖ weights[n, y, x, k] · state[n, y + dy(k), x + dx(k), :], zero outside, with weights = softmax(logits) over the
/// size² taps, which go row by row from (−size/2, −size/2). `weights`, which the backward pass needs, may be null.
void ax_kernel_warp_forward(
    float *out, float *weights, const float *state, const float *logits, size_t images, size_t height, size_t width,
    size_t channels, size_t size);
/// Either gradient may be null.
void ax_kernel_warp_backward(
    float *state_gradient, float *logits_gradient, const float *upstream, const float *state, const float *weights,
    size_t images, size_t height, size_t width, size_t channels, size_t size);

/// out[n, y, x, :] = state[n] at (y + flow[n, y, x, 0], x + flow[n, y, x, 1]), bilinear, zero outside.
void ax_flow_warp_forward(
    float *out, const float *state, const float *flow, size_t images, size_t height, size_t width, size_t channels);
/// Either gradient may be null.
void ax_flow_warp_backward(
    float *state_gradient, float *flow_gradient, const float *upstream, const float *state, const float *flow,
    size_t images, size_t height, size_t width, size_t channels);

// MARK: Motion

/// Floats of a pixel's polynomial: axx, ayy, axy / 2, bx / 2, by / 2 and three zeros.
#define AX_EXPANSION_STRIDE 8
/// The widest reach of a polynomial's fit.
#define AX_MAXIMUM_EXPANSION_REACH 16

/// How polynomials are fitted: `weights` are w, w·x and w·x² for x = −reach…reach, [3, 2·reach + 1]; with the weight's moments m₂ and m₄, slope is
/// 1 / m₂, twist 1 / m₂², square m₂ and curvature 1 / (m₄ − m₂²).
typedef struct {
    const float *weights;
    size_t reach;
    float slope, twist, square, curvature;
} ax_expansion;

/// Floats of scratch that a part needs.
size_t ax_polynomial_expansion_scratch(
    size_t height, size_t width, size_t level_height, size_t level_width, size_t blur_count, size_t reach);
/// out[images, level_height, level_width, AX_EXPANSION_STRIDE]: the polynomials of pictures[images, height, width], which are first blurred by a
/// separable window of odd length (mirrored at the edges) and brought to the level's size bilinearly. In the fit edges are repeated.
void ax_polynomial_expansion(
    float *out, const float *pictures, size_t images, size_t height, size_t width, size_t level_height,
    size_t level_width, const float *blur, size_t blur_count, const ax_expansion *fit, size_t parts, float *scratch);

size_t ax_polynomial_flow_scratch(size_t height, size_t width, size_t window);
/// flow[count, height, width, 2] = (dy, dx) from the first picture of each of pairs[count, 2] to the second, by the polynomials of all pictures.
/// It starts at zero, or at `coarser`[count, coarse_height, coarse_width, 2] (which may be null) enlarged and times `factor`, and is estimated `iterations` times,
/// each time starting from the last estimate, over a window of odd size. If `leaves_out_last`, the last row and column are outside.
void ax_polynomial_flow(
    float *flow, const float *coarser, size_t coarse_height, size_t coarse_width, float factor, const float *expansions,
    const int64_t *pairs, size_t count, size_t height, size_t width, size_t window, size_t iterations,
    int leaves_out_last, size_t parts, float *scratch);

/// The largest number of frames for a median.
#define AX_MAXIMUM_MEDIAN_FRAMES 256
/// out[clips, values] = the median of x[clips, frames, values] along frames; for an even number the mean of the two middle ones.
void ax_median_over_time(float *out, const float *x, size_t clips, size_t frames, size_t values);

// MARK: Layers in motion

/// out[n, t] = Σ over pixels p of values[n, p, :], spread bilinearly over the four pixels around p + flow[n, t, p, :], what falls outside lost: the
/// adjoint of the warp. Values are [images, height, width, channels], flow and out have `times` of each.
void ax_splat_forward(
    float *out, const float *values, const float *flow, size_t images, size_t times, size_t height, size_t width,
    size_t channels);
/// Either gradient may be null; that of the values is summed over times.
void ax_splat_backward(
    float *values_gradient, float *flow_gradient, const float *upstream, const float *values, const float *flow,
    size_t images, size_t times, size_t height, size_t width, size_t channels);

/// out[n, t, y, x, :] = image[n] at (y, x) + flow[n, t, y, x, :], bilinear, edges repeated; height and width at least 1.
void ax_edge_sample_forward(
    float *out, const float *image, const float *flow, size_t images, size_t times, size_t height, size_t width,
    size_t channels);
/// Either gradient may be null; that of the image is summed over times. For a place at or beyond an edge its gradient is 0.
void ax_edge_sample_backward(
    float *image_gradient, float *flow_gradient, const float *upstream, const float *image, const float *flow,
    size_t images, size_t times, size_t height, size_t width, size_t channels);

/// out[n, y, x, k] = min(limit, mean over channels of |second[n, y, x] − first[n] at (y, x) − displacements[k]|), bilinear, edges repeated;
/// `places` displacements (dy, dx).
void ax_cost_volume(
    float *out, const float *first, const float *second, const float *displacements, size_t places, float limit,
    size_t images, size_t height, size_t width, size_t channels);

/// out [images, 2 height, 2 width, channels]: bilinear between pixel centres, edges repeated.
void ax_bilinear_upsample_forward(
    float *out, const float *x, size_t images, size_t height, size_t width, size_t channels);
void ax_bilinear_upsample_backward(
    float *x_gradient, const float *upstream, size_t images, size_t height, size_t width, size_t channels);

/// Puts a splat s of (values · weight, weight, coverage), [pixels, channels + 2], over a background: with w its weight and a its coverage,
/// opacity = min(1, a) · w / (w + 1e-3), out = opacity · s / (w + 1e-3) + (1 − opacity) · background.
void ax_composite_forward(
    float *out, float *opacity, const float *splat, const float *background, size_t pixels, size_t channels);
/// Either gradient may be null.
void ax_composite_backward(
    float *splat_gradient, float *background_gradient, const float *upstream, const float *splat,
    const float *background, size_t pixels, size_t channels);

/// out[n, p, :] = Σt shares[n, p, t] · frames[n, t, p, :] + shares[n, p, times] · last[n, p, :]; shares are [images, pixels, times + 1].
void ax_mix_forward(
    float *out, const float *frames, const float *last, const float *shares, size_t images, size_t times, size_t pixels,
    size_t channels);
/// Any of the three gradients may be null.
void ax_mix_backward(
    float *frames_gradient, float *last_gradient, float *shares_gradient, const float *upstream, const float *frames,
    const float *last, const float *shares, size_t images, size_t times, size_t pixels, size_t channels);

/// Follows pixels by one rule for all times: D = 0 and u = velocity at first; at each time
/// (g, d, c) = output · ρ(hidden · ρ(known + motion · [D / 8, u]) + hidden_bias) + output_bias, two numbers each, ρ ReLU;
/// u ← u (1 − 2σ(g)) + d; D ← D + u + c.
typedef struct {
    size_t images, pixels, times;  ///< `pixels` of an image
    size_t first, second;          ///< widths of the two hidden layers
    const float *known;            ///< [images, pixels, first]
    const float *velocity;         ///< [images, pixels, 2]
    const float *motion;           ///< [4, first]
    const float *hidden;           ///< [first, second]
    const float *hidden_bias;      ///< [second]
    const float *output;           ///< [second, 6]
    const float *output_bias;      ///< [6]
} ax_rollout;

/// Destinations of a rollout's gradients, each as large as its argument.
typedef struct {
    float *known, *velocity, *motion, *hidden, *hidden_bias, *output, *output_bias;
} ax_rollout_gradients;

/// The number of pieces, by size alone, in which the weights' gradients are summed.
size_t ax_rollout_pieces(const ax_rollout *rule);
size_t ax_rollout_scratch(const ax_rollout *rule);
/// way[images, times, pixels, 2] = D at every time; turns, of the same shape, = σ(g).
void ax_rollout_forward(float *way, float *turns, const ax_rollout *rule, float *scratch);
size_t ax_rollout_backward_scratch(const ax_rollout *rule);
/// All gradients, from that of `way`; the hidden numbers are recomputed.
void ax_rollout_backward(
    const ax_rollout_gradients *gradients, const float *upstream, const ax_rollout *rule, float *scratch);

/// out[o, i] = the median of x[o, :, i], for an even count the lower middle one; NaN if there is one. `count` at least 1, and
/// the same number of floats of scratch.
void ax_medians(float *out, const float *x, size_t outer, size_t count, size_t inner, float *scratch);

// MARK: Updates in place

/// One step of Adam (Kingma and Ba 2015, algorithm 1): with g = gradient · gradient_scale, m and v move towards g and g² by 1 − β, then
/// parameter −= rate · (m / first_correction) / (√(v / second_correction) + epsilon), the corrections being 1 − βᵗ.
void ax_adam_update(
    float *parameter, float *m, float *v, const float *gradient, size_t count, float gradient_scale, float rate,
    float beta1, float beta2, float epsilon, float first_correction, float second_correction);
/// average[i] += weight · (x[i] − average[i])
void ax_move_toward(float *average, const float *x, float weight, size_t count);

// MARK: Conversions

/// 0...255 to -1...1.
void ax_bytes_to_floats(float *out, const uint8_t *x, size_t count);
/// -1...1 to 0...255, rounded; values outside are clamped, NaN becomes 0.
void ax_floats_to_bytes(uint8_t *out, const float *x, size_t count);
/// Rounds to nearest, ties to even; NaN stays NaN.
void ax_floats_to_bfloat16(uint16_t *out, const float *x, size_t count);
void ax_bfloat16_to_floats(float *out, const uint16_t *x, size_t count);

#ifdef __cplusplus
}
#endif
