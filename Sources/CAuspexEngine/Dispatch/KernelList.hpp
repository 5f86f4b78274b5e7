// Every kernel that is compiled once per instruction set: AX_KERNEL(name, parameters, arguments). Included several times, so without a guard.
AX_KERNEL(unary, (ax_unary_operation operation, float *out, const float *x, size_t count), (operation, out, x, count))
AX_KERNEL(
    unary_backward, (ax_unary_operation operation, float *out, const float *upstream, const float *saved, size_t count),
    (operation, out, upstream, saved, count))
AX_KERNEL(leaky_relu, (float *out, const float *x, float slope, size_t count), (out, x, slope, count))
AX_KERNEL(
    leaky_relu_backward, (float *out, const float *upstream, const float *x, float slope, size_t count),
    (out, upstream, x, slope, count))
AX_KERNEL(clamp, (float *out, const float *x, float least, float most, size_t count), (out, x, least, most, count))
AX_KERNEL(
    clamp_backward, (float *out, const float *upstream, const float *x, float least, float most, size_t count),
    (out, upstream, x, least, most, count))
AX_KERNEL(
    binary,
    (ax_binary_operation operation, float *out, const float *a, const float *b, int rank, const size_t *sizes,
     const size_t *a_strides, const size_t *b_strides),
    (operation, out, a, b, rank, sizes, a_strides, b_strides))
AX_KERNEL(
    scale_shift, (float *out, const float *x, float scale, float shift, size_t count), (out, x, scale, shift, count))
AX_KERNEL(accumulate, (float *sum, const float *addend, size_t count), (sum, addend, count))
AX_KERNEL(
    reduce,
    (ax_reduction reduction, float *out, const float *x, size_t outer, size_t reduced, size_t inner, float scale,
     float *scratch),
    (reduction, out, x, outer, reduced, inner, scale, scratch))
AX_KERNEL(
    softmax, (float *out, const float *x, size_t outer, size_t count, size_t inner), (out, x, outer, count, inner))
AX_KERNEL(
    softmax_backward, (float *out, const float *upstream, const float *y, size_t outer, size_t count, size_t inner),
    (out, upstream, y, outer, count, inner))
AX_KERNEL(sum_of_squares, (const float *x, size_t count, float *scratch), (x, count, scratch))
AX_KERNEL(all_finite, (const float *x, size_t count), (x, count))
AX_KERNEL(
    matrix_vector, (float *out, const float *matrix, const float *vector, size_t rows, size_t columns),
    (out, matrix, vector, rows, columns))
AX_KERNEL(
    vector_matrix, (float *out, const float *vector, const float *matrix, size_t rows, size_t columns, float *scratch),
    (out, vector, matrix, rows, columns, scratch))
AX_KERNEL(
    copy_strided,
    (void *out, const void *x, size_t element_bytes, int rank, const size_t *sizes, const size_t *out_strides,
     const size_t *x_strides),
    (out, x, element_bytes, rank, sizes, out_strides, x_strides))
AX_KERNEL(
    gather_runs, (void *out, const void *x, const int64_t *places, size_t count, size_t run_bytes),
    (out, x, places, count, run_bytes))
AX_KERNEL(
    scatter_add_runs, (float *out, const float *x, const int64_t *places, size_t count, size_t run, size_t out_count),
    (out, x, places, count, run, out_count))
AX_KERNEL(bytes_to_floats, (float *out, const uint8_t *x, size_t count), (out, x, count))
AX_KERNEL(floats_to_bytes, (uint8_t *out, const float *x, size_t count), (out, x, count))
AX_KERNEL(floats_to_bfloat16, (uint16_t *out, const float *x, size_t count), (out, x, count))
AX_KERNEL(bfloat16_to_floats, (float *out, const uint16_t *x, size_t count), (out, x, count))
AX_KERNEL(
    batch_statistics, (float *mean, float *variance, const float *x, size_t rows, size_t channels, float *scratch),
    (mean, variance, x, rows, channels, scratch))
AX_KERNEL(
    norm_coefficients,
    (float *scale, float *shift, const float *mean, const float *variance, const float *gain, const float *bias,
     float epsilon, size_t groups, size_t channels),
    (scale, shift, mean, variance, gain, bias, epsilon, groups, channels))
AX_KERNEL(
    norm_forward,
    (float *out, const float *x, const float *scale, const float *shift, int relu, size_t images, size_t pixels,
     size_t channels, size_t groups),
    (out, x, scale, shift, relu, images, pixels, channels, groups))
AX_KERNEL(
    norm_backward,
    (float *x_gradient, float *gain_gradient, float *bias_gradient, const float *upstream, const float *x,
     const float *mean, const float *variance, const float *gain, const float *scale, const float *shift, float epsilon,
     int relu, int given, size_t images, size_t pixels, size_t channels, size_t groups, float *scratch),
    (x_gradient, gain_gradient, bias_gradient, upstream, x, mean, variance, gain, scale, shift, epsilon, relu, given,
     images, pixels, channels, groups, scratch))
AX_KERNEL(
    group_statistics,
    (float *mean, float *inverse, const float *x, float epsilon, size_t images, size_t pixels, size_t channels,
     size_t groups, float *scratch),
    (mean, inverse, x, epsilon, images, pixels, channels, groups, scratch))
AX_KERNEL(
    group_norm_forward,
    (float *out, const float *x, const float *mean, const float *inverse, const float *gain, const float *bias,
     ax_norm_activation activation, float slope, size_t images, size_t pixels, size_t channels, float *scratch),
    (out, x, mean, inverse, gain, bias, activation, slope, images, pixels, channels, scratch))
AX_KERNEL(
    group_norm_backward,
    (float *x_gradient, float *gain_gradient, float *bias_gradient, const float *upstream, const float *x,
     const float *mean, const float *inverse, const float *gain, const float *bias, ax_norm_activation activation,
     float slope, size_t images, size_t pixels, size_t channels, size_t groups, float *scratch),
    (x_gradient, gain_gradient, bias_gradient, upstream, x, mean, inverse, gain, bias, activation, slope, images,
     pixels, channels, groups, scratch))
AX_KERNEL(
    gated_mix_forward, (float *out, const float *gate, const float *kept, const float *candidate, size_t count),
    (out, gate, kept, candidate, count))
AX_KERNEL(
    gated_mix_backward,
    (float *gate_gradient, float *kept_gradient, float *candidate_gradient, const float *upstream, const float *gate,
     const float *kept, const float *candidate, size_t count),
    (gate_gradient, kept_gradient, candidate_gradient, upstream, gate, kept, candidate, count))
AX_KERNEL(
    kernel_warp_forward,
    (float *out, float *weights, const float *state, const float *logits, size_t images, size_t height, size_t width,
     size_t channels, size_t size),
    (out, weights, state, logits, images, height, width, channels, size))
AX_KERNEL(
    kernel_warp_backward,
    (float *state_gradient, float *logits_gradient, const float *upstream, const float *state, const float *weights,
     size_t images, size_t height, size_t width, size_t channels, size_t size),
    (state_gradient, logits_gradient, upstream, state, weights, images, height, width, channels, size))
AX_KERNEL(
    flow_warp_forward,
    (float *out, const float *state, const float *flow, size_t images, size_t height, size_t width, size_t channels),
    (out, state, flow, images, height, width, channels))
AX_KERNEL(
    flow_warp_backward,
    (float *state_gradient, float *flow_gradient, const float *upstream, const float *state, const float *flow,
     size_t images, size_t height, size_t width, size_t channels),
    (state_gradient, flow_gradient, upstream, state, flow, images, height, width, channels))
AX_KERNEL(
    polynomial_expansion,
    (float *out, const float *pictures, size_t images, size_t height, size_t width, size_t level_height,
     size_t level_width, const float *blur, size_t blur_count, const ax_expansion *fit, size_t parts, float *scratch),
    (out, pictures, images, height, width, level_height, level_width, blur, blur_count, fit, parts, scratch))
AX_KERNEL(
    polynomial_flow,
    (float *flow, const float *coarser, size_t coarse_height, size_t coarse_width, float factor,
     const float *expansions, const int64_t *pairs, size_t count, size_t height, size_t width, size_t window,
     size_t iterations, int leaves_out_last, size_t parts, float *scratch),
    (flow, coarser, coarse_height, coarse_width, factor, expansions, pairs, count, height, width, window, iterations,
     leaves_out_last, parts, scratch))
AX_KERNEL(
    median_over_time, (float *out, const float *x, size_t clips, size_t frames, size_t values),
    (out, x, clips, frames, values))
AX_KERNEL(
    splat_forward,
    (float *out, const float *values, const float *flow, size_t images, size_t times, size_t height, size_t width,
     size_t channels),
    (out, values, flow, images, times, height, width, channels))
AX_KERNEL(
    splat_backward,
    (float *values_gradient, float *flow_gradient, const float *upstream, const float *values, const float *flow,
     size_t images, size_t times, size_t height, size_t width, size_t channels),
    (values_gradient, flow_gradient, upstream, values, flow, images, times, height, width, channels))
AX_KERNEL(
    edge_sample_forward,
    (float *out, const float *image, const float *flow, size_t images, size_t times, size_t height, size_t width,
     size_t channels),
    (out, image, flow, images, times, height, width, channels))
AX_KERNEL(
    edge_sample_backward,
    (float *image_gradient, float *flow_gradient, const float *upstream, const float *image, const float *flow,
     size_t images, size_t times, size_t height, size_t width, size_t channels),
    (image_gradient, flow_gradient, upstream, image, flow, images, times, height, width, channels))
AX_KERNEL(
    cost_volume,
    (float *out, const float *first, const float *second, const float *displacements, size_t places, float limit,
     size_t images, size_t height, size_t width, size_t channels),
    (out, first, second, displacements, places, limit, images, height, width, channels))
AX_KERNEL(
    bilinear_upsample_forward,
    (float *out, const float *x, size_t images, size_t height, size_t width, size_t channels),
    (out, x, images, height, width, channels))
AX_KERNEL(
    bilinear_upsample_backward,
    (float *x_gradient, const float *upstream, size_t images, size_t height, size_t width, size_t channels),
    (x_gradient, upstream, images, height, width, channels))
AX_KERNEL(
    composite_forward,
    (float *out, float *opacity, const float *splat, const float *background, size_t pixels, size_t channels),
    (out, opacity, splat, background, pixels, channels))
AX_KERNEL(
    composite_backward,
    (float *splat_gradient, float *background_gradient, const float *upstream, const float *splat,
     const float *background, size_t pixels, size_t channels),
    (splat_gradient, background_gradient, upstream, splat, background, pixels, channels))
AX_KERNEL(
    mix_forward,
    (float *out, const float *frames, const float *last, const float *shares, size_t images, size_t times,
     size_t pixels, size_t channels),
    (out, frames, last, shares, images, times, pixels, channels))
AX_KERNEL(
    mix_backward,
    (float *frames_gradient, float *last_gradient, float *shares_gradient, const float *upstream, const float *frames,
     const float *last, const float *shares, size_t images, size_t times, size_t pixels, size_t channels),
    (frames_gradient, last_gradient, shares_gradient, upstream, frames, last, shares, images, times, pixels, channels))
AX_KERNEL(
    rollout_forward, (float *way, float *turns, const ax_rollout *rule, float *scratch), (way, turns, rule, scratch))
AX_KERNEL(
    rollout_backward,
    (const ax_rollout_gradients *gradients, const float *upstream, const ax_rollout *rule, float *scratch),
    (gradients, upstream, rule, scratch))
AX_KERNEL(
    medians, (float *out, const float *x, size_t outer, size_t count, size_t inner, float *scratch),
    (out, x, outer, count, inner, scratch))
AX_KERNEL(
    adam_update,
    (float *parameter, float *m, float *v, const float *gradient, size_t count, float gradient_scale, float rate,
     float beta1, float beta2, float epsilon, float first_correction, float second_correction),
    (parameter, m, v, gradient, count, gradient_scale, rate, beta1, beta2, epsilon, first_correction,
     second_correction))
AX_KERNEL(move_toward, (float *average, const float *x, float weight, size_t count), (average, x, weight, count))
