// Convolutions, matrix products and pooling on the processor, forward and backward.
//
// Activations are dense and channels-last: [N, H, W, C], or [N, D, H, W, C] with three spatial dimensions. Weights are
// [kh, kw, in, out] or [kd, kh, kw, in, out]; with groups, `in` of a weight is the channels of one group. The caller owns every byte: these functions keep only
// prepared plans, in a bounded cache. Calls run one at a time; the work inside is shared with the OpenMP team of the calling thread.
//
// Functions return 0, or -1, after which ax_dnn_message() gives the library's reason.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// 100 · major + minor of the linked oneDNN.
int ax_dnn_version(void);

/// What went wrong in the last call that returned -1.
const char *ax_dnn_message(void);

/// Whether the processor multiplies bfloat16 natively and may do so. Elsewhere oneDNN refuses it or emulates it slowly.
int ax_dnn_has_bfloat16(void);

typedef enum { ax_dnn_f32 = 0, ax_dnn_bf16 = 1 } ax_dnn_type;

typedef enum {
    ax_dnn_forward = 0,
    ax_dnn_backward_data = 1,
    ax_dnn_backward_weights = 2,
} ax_dnn_direction;

/// A convolution of one shape. With two spatial dimensions the first entries of the arrays are unused and zero.
typedef struct {
    int32_t spatial;  ///< 2 or 3
    int32_t type;     ///< ax_dnn_type of activations and weights; bias and weights' gradient are float32
    int32_t bias;     ///< whether there is one
    int32_t relu;     ///< whether max(0, ·) is applied to the output (forward only)
    int32_t
        transformed;  ///< whether minimal filtering may be used: faster, ten times the rounding; 1 forward only, 2 for dx too
    int32_t batch, in, out;
    int32_t groups;  ///< output channels of group g see the input channels of group g alone; 1: all see all
    int32_t input[3], kernel[3], stride[3], before[3], output[3];
} ax_dnn_convolution;

/// What a plan needs from its caller.
typedef struct {
    size_t scratch;   ///< bytes of scratch memory, 64-byte aligned
    size_t packed;    ///< bytes of the packed weights; 0 where the weights are taken as they are
    int32_t packing;  ///< which packing: equal numbers mean equal bytes for equal weights
} ax_dnn_needs;

/// A prepared primitive. Stays valid until 1,000 other shapes have been prepared: use it at once.
typedef struct ax_dnn_plan ax_dnn_plan;

int ax_dnn_convolution_plan(
    const ax_dnn_convolution *shape, int direction, const ax_dnn_plan **plan, ax_dnn_needs *needs);

/// Packs weights as the plan needs them: the same numbers in another order, padded with zeros.
int ax_dnn_convolution_pack(const ax_dnn_plan *plan, const void *weights, void *packed);

/// y = activation(x ∗ weights + bias); `weights` are packed if the plan needs it. Every element of y is written.
int ax_dnn_convolution_forward(
    const ax_dnn_plan *plan, const void *x, const void *weights, const float *bias, void *y, void *scratch);

/// dx from dy.
int ax_dnn_convolution_backward_data(
    const ax_dnn_plan *plan, const void *dy, const void *weights, void *dx, void *scratch);

/// dw, float32 and not packed, and db (NULL without bias) from x and dy.
int ax_dnn_convolution_backward_weights(
    const ax_dnn_plan *plan, const void *x, const void *dy, float *dw, float *db, void *scratch);

/// c[m, n] = a · b where a is [m, k], or [k, m] if transposed, and b is [k, n], or [n, k] if transposed. float32.
int ax_dnn_matrix_product(
    const float *a, const float *b, float *c, int64_t m, int64_t n, int64_t k, int transpose_a, int transpose_b);

/// A pooling of one shape; entries as in ax_dnn_convolution.
typedef struct {
    int32_t spatial;
    int32_t type;
    int32_t maximum;  ///< 1: maximum, 0: average over the whole window (padding counts as zeros)
    int32_t batch, channels;
    int32_t input[3], window[3], stride[3], before[3], output[3];
} ax_dnn_pooling;

/// Bytes of the note from the maximum's forward pass for its backward pass (which element won); 0 for averages.
int ax_dnn_pooling_note(const ax_dnn_pooling *shape, size_t *bytes);
/// `note` may be NULL if no gradient is needed.
int ax_dnn_pooling_forward(const ax_dnn_pooling *shape, const void *x, void *y, void *note);
int ax_dnn_pooling_backward(const ax_dnn_pooling *shape, const void *dy, void *dx, const void *note);

/// out[n, 2y + a, 2x + b, c] = in[n, y, x, c] for a, b in {0, 1}. `pixel` is the bytes of one pixel's channels.
void ax_dnn_upsample_forward(const void *in, void *out, int64_t images, int64_t height, int64_t width, size_t pixel);
/// din[n, y, x, c] = Σ over a, b of dout[n, 2y + a, 2x + b, c].
void ax_dnn_upsample_backward(
    const float *dout, float *din, int64_t images, int64_t height, int64_t width, int64_t channels);

/// out[n, f y + a, f x + b, c] = in[n, y, x, (c f + a) f + b] for a, b in 0..<factor; `channels` are those of `out`.
void ax_dnn_pixel_shuffle_forward(
    const float *in, float *out, int64_t images, int64_t height, int64_t width, int64_t channels, int64_t factor);
/// The same in the backward direction; height and width are those of `din`.
void ax_dnn_pixel_shuffle_backward(
    const float *dout, float *din, int64_t images, int64_t height, int64_t width, int64_t channels, int64_t factor);

// Nearest x2 upsampling and a 3x3 convolution as one 2x2 convolution of the small image. Output pixel (2y + a, 2x + b)
// sees a 2x2 window of the small image; its kernel, of parity (a, b), sums those of the 3x3 taps that fall on one small
// pixel. All windows of all parities are on one grid of (height + 1) x (width + 1) windows, the first of which begins
// one pixel before the image, so that all parities are channels of one convolution: [images, height + 1, width + 1,
// 4 channels], channels ordered (a, b, channel).

/// parity[r, s, i, (a, b, o)] = sum of kernel[u, v, i, o] over the taps (u, v) of (a, r) and (b, s).
void ax_dnn_parity_kernel_forward(const float *kernel, float *parity, int64_t in, int64_t out);
void ax_dnn_parity_kernel_backward(const float *dparity, float *dkernel, int64_t in, int64_t out);
/// out[n, 2y + a, 2x + b, c] = grid[n, y + a, x + b, (a, b, c)]. `pixel` is the bytes of an output pixel's channels.
void ax_dnn_parity_grid_forward(
    const void *grid, void *out, int64_t images, int64_t height, int64_t width, size_t pixel);
/// The grid's gradient: zero for a window that serves no output pixel.
void ax_dnn_parity_grid_backward(
    const void *dout, void *dgrid, int64_t images, int64_t height, int64_t width, size_t pixel);

/// A convolution of side 3 followed by an average over 2, as one of side 4 and stride 2, in each of `spatial`
/// dimensions: pooled[t] = (kernel[t] + kernel[t - 1]) / 2. `count` is in * out.
void ax_dnn_pooled_kernel_forward(const float *kernel, float *pooled, int spatial, int64_t count);
void ax_dnn_pooled_kernel_backward(const float *dpooled, float *dkernel, int spatial, int64_t count);

/// sums[c] = Σ over rows of values[row, c].
void ax_dnn_column_sums(const float *values, float *sums, int64_t rows, int64_t channels);

/// The work computed since the last reset.
typedef struct {
    double flops;  ///< floating-point operations that were executed, a multiplication and an addition being two
    double seconds;
    int64_t calls;
} ax_dnn_count;

enum {
    ax_dnn_count_forward = 0,
    ax_dnn_count_backward_data = 1,
    ax_dnn_count_backward_weights = 2,
    ax_dnn_count_matrix_product = 3,
    ax_dnn_count_pooling = 4,
    ax_dnn_count_reorder = 5,
    ax_dnn_counts = 6,
};

ax_dnn_count ax_dnn_counter(int family);
void ax_dnn_reset_counters(void);

#ifdef __cplusplus
}
#endif
