// Every kernel that is compiled once an instruction set: AX_KERNEL(name, parameters, arguments). Included several times, so without a guard.
AX_KERNEL(unary, (ax_unary_operation operation, float *out, const float *x, size_t count), (operation, out, x, count))
AX_KERNEL(
    unary_backward,
    (ax_unary_operation operation, float *out, const float *upstream, const float *saved, size_t count),
    (operation, out, upstream, saved, count))
AX_KERNEL(
    binary,
    (ax_binary_operation operation, float *out, const float *a, const float *b, int rank, const size_t *sizes,
     const size_t *a_strides, const size_t *b_strides),
    (operation, out, a, b, rank, sizes, a_strides, b_strides))
AX_KERNEL(scale_shift, (float *out, const float *x, float scale, float shift, size_t count), (out, x, scale, shift, count))
AX_KERNEL(accumulate, (float *sum, const float *addend, size_t count), (sum, addend, count))
AX_KERNEL(fill, (float *out, float value, size_t count), (out, value, count))
AX_KERNEL(
    reduce,
    (ax_reduction reduction, float *out, const float *x, size_t outer, size_t reduced, size_t inner, float scale,
     float *scratch),
    (reduction, out, x, outer, reduced, inner, scale, scratch))
AX_KERNEL(
    softmax, (float *out, const float *x, size_t outer, size_t count, size_t inner), (out, x, outer, count, inner))
AX_KERNEL(
    softmax_backward,
    (float *out, const float *upstream, const float *y, size_t outer, size_t count, size_t inner),
    (out, upstream, y, outer, count, inner))
AX_KERNEL(sum_of_squares, (const float *x, size_t count, float *scratch), (x, count, scratch))
AX_KERNEL(all_finite, (const float *x, size_t count), (x, count))
AX_KERNEL(
    matrix_vector, (float *out, const float *matrix, const float *vector, size_t rows, size_t columns),
    (out, matrix, vector, rows, columns))
AX_KERNEL(
    vector_matrix,
    (float *out, const float *vector, const float *matrix, size_t rows, size_t columns, float *scratch),
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
    scatter_add_runs,
    (float *out, const float *x, const int64_t *places, size_t count, size_t run, size_t out_count),
    (out, x, places, count, run, out_count))
AX_KERNEL(bytes_to_floats, (float *out, const uint8_t *x, size_t count), (out, x, count))
AX_KERNEL(floats_to_bytes, (uint8_t *out, const float *x, size_t count), (out, x, count))
AX_KERNEL(floats_to_bfloat16, (uint16_t *out, const float *x, size_t count), (out, x, count))
AX_KERNEL(bfloat16_to_floats, (float *out, const uint16_t *x, size_t count), (out, x, count))
