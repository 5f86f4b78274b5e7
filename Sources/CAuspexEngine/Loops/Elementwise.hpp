// Elementwise loops. A function object takes vectors, or floats if rows are shorter than a vector.

template <class F>
static void map1(float *out, const float *x, size_t count, const F &f) {
    parallel(count, floats_a_part, [=](size_t first, size_t last) {
        size_t i = first;
        for (; i + width <= last; i += width) store(out + i, f(load(x + i)));
        if (i < last) store_part(out + i, f(load_part(x + i, last - i)), last - i);
    });
}

template <class F>
static void map2(float *out, const float *a, const float *b, size_t count, const F &f) {
    parallel(count, floats_a_part, [=](size_t first, size_t last) {
        size_t i = first;
        for (; i + width <= last; i += width) store(out + i, f(load(a + i), load(b + i)));
        if (i < last) store_part(out + i, f(load_part(a + i, last - i), load_part(b + i, last - i)), last - i);
    });
}

static void unary(ax_unary_operation operation, float *out, const float *x, size_t count) {
    switch (operation) {
    case ax_negate: return map1(out, x, count, [](vf v) { return -v; });
    case ax_exp: return map1(out, x, count, [](vf v) { return exponential(v); });
    case ax_log: return map1(out, x, count, [](vf v) { return logarithm(v); });
    case ax_tanh: return map1(out, x, count, [](vf v) { return tanh_of(v); });
    case ax_sigmoid: return map1(out, x, count, [](vf v) { return sigmoid_of(v); });
    // Not `v > 0 ? v : 0`: NaN must propagate.
    case ax_relu: return map1(out, x, count, [](vf v) { return select(v < 0.0f, vf{}, v); });
    case ax_abs: return map1(out, x, count, [](vf v) { return (vf)((vi)v & 0x7fffffff); });
    case ax_square: return map1(out, x, count, [](vf v) { return v * v; });
    case ax_square_root: return map1(out, x, count, [](vf v) { return square_root(v); });
    case ax_reciprocal: return map1(out, x, count, [](vf v) { return 1.0f / v; });
    case ax_silu: return map1(out, x, count, [](vf v) { return silu_of(v); });
    case ax_softplus: return map1(out, x, count, [](vf v) { return softplus_of(v); });
    }
}

static void unary_backward(
    ax_unary_operation operation, float *out, const float *upstream, const float *saved, size_t count) {
    switch (operation) {
    case ax_negate: return map1(out, upstream, count, [](vf g) { return -g; });
    case ax_exp: return map2(out, upstream, saved, count, [](vf g, vf y) { return g * y; });
    case ax_log: return map2(out, upstream, saved, count, [](vf g, vf x) { return g / x; });
    case ax_tanh: return map2(out, upstream, saved, count, [](vf g, vf y) { return g * (1.0f - y * y); });
    case ax_sigmoid: return map2(out, upstream, saved, count, [](vf g, vf y) { return g * y * (1.0f - y); });
    case ax_relu: return map2(out, upstream, saved, count, [](vf g, vf y) { return (vf)((vi)g & (y > 0.0f)); });
    case ax_abs:
        return map2(out, upstream, saved, count, [](vf g, vf x) {
            return (vf)((vi)g & (x > 0.0f)) - (vf)((vi)g & (x < 0.0f));
        });
    case ax_square: return map2(out, upstream, saved, count, [](vf g, vf x) { return 2.0f * g * x; });
    case ax_square_root: return map2(out, upstream, saved, count, [](vf g, vf y) { return g / (2.0f * y); });
    case ax_reciprocal: return map2(out, upstream, saved, count, [](vf g, vf y) { return -g * y * y; });
    case ax_silu: return map2(out, upstream, saved, count, [](vf g, vf x) { return g * silu_slope_of(x); });
    case ax_softplus: return map2(out, upstream, saved, count, [](vf g, vf x) { return g * sigmoid_of(x); });
    }
}

static void leaky_relu(float *out, const float *x, float slope, size_t count) {
    map1(out, x, count, [=](vf v) { return leaky_of(v, slope); });
}

static void leaky_relu_backward(float *out, const float *upstream, const float *x, float slope, size_t count) {
    map2(out, upstream, x, count, [=](vf g, vf v) { return select(v > 0.0f, g, g * slope); });
}

// NaN, which is on neither side of a limit, propagates.
static void clamp(float *out, const float *x, float least, float most, size_t count) {
    map1(out, x, count, [=](vf v) { return select(v < least, splat(least), select(v > most, splat(most), v)); });
}

static void clamp_backward(float *out, const float *upstream, const float *x, float least, float most, size_t count) {
    map2(out, upstream, x, count, [=](vf g, vf v) { return (vf)((vi)g & (v >= least) & (v <= most)); });
}

static void scale_shift(float *out, const float *x, float scale, float shift, size_t count) {
    map1(out, x, count, [=](vf v) { return v * scale + shift; });
}

static void accumulate(float *sum, const float *addend, size_t count) {
    map2(sum, sum, addend, count, [](vf a, vf b) { return a + b; });
}

struct Add {
    template <class T>
    T operator()(T a, T b) const {
        return a + b;
    }
};
struct Subtract {
    template <class T>
    T operator()(T a, T b) const {
        return a - b;
    }
};
struct Multiply {
    template <class T>
    T operator()(T a, T b) const {
        return a * b;
    }
};
struct Divide {
    template <class T>
    T operator()(T a, T b) const {
        return a / b;
    }
};
struct Equal {
    float operator()(float a, float b) const { return a == b ? 1.0f : 0.0f; }
    vf operator()(vf a, vf b) const { return select(a == b, splat(1.0f), vf{}); }
};

// One row; an operand whose step is 0 is one number.
template <class F>
AX_INLINE void binary_row(
    float *out, const float *a, const float *b, size_t a_step, size_t b_step, size_t count, const F &f) {
    size_t i = 0;
    if (a_step && b_step) {
        for (; i + width <= count; i += width) store(out + i, f(load(a + i), load(b + i)));
        for (; i < count; i++) out[i] = f(a[i], b[i]);
    } else if (a_step) {
        const float y = *b;
        for (; i + width <= count; i += width) store(out + i, f(load(a + i), splat(y)));
        for (; i < count; i++) out[i] = f(a[i], y);
    } else {
        const float x = *a;
        for (; i + width <= count; i += width) store(out + i, f(splat(x), b_step ? load(b + i) : splat(*b)));
        for (; i < count; i++) out[i] = f(x, b[i * b_step]);
    }
}

template <class F>
static void binary_rows(
    float *out, const float *a, const float *b, int rank, const size_t *sizes, const size_t *a_strides,
    const size_t *b_strides, const F &f) {
    const size_t inner = sizes[rank - 1], a_step = a_strides[rank - 1], b_step = b_strides[rank - 1];
    if (rank == 1) {
        parallel(inner, floats_a_part, [=](size_t first, size_t last) {
            binary_row(out + first, a + first * a_step, b + first * b_step, a_step, b_step, last - first, f);
        });
        return;
    }
    size_t rows = 1;
    for (int axis = 0; axis < rank - 1; axis++) rows *= sizes[axis];
    const size_t together = sizes[rank - 2], a_row = a_strides[rank - 2], b_row = b_strides[rank - 2];
    parallel(rows, grain_of(inner), [=](size_t first, size_t last) {
        size_t place[8] = {}, a_at = 0, b_at = 0, rest = first;
        for (int axis = rank - 2; axis >= 0; axis--) {
            place[axis] = rest % sizes[axis];
            rest /= sizes[axis];
            a_at += place[axis] * a_strides[axis];
            b_at += place[axis] * b_strides[axis];
        }
        // A separate loop for rows along one axis: for short rows, finding the next one costs more than the row itself.
        for (size_t row = first; row < last;) {
            const size_t left = together - place[rank - 2], run = left < last - row ? left : last - row;
            for (size_t k = 0; k < run; k++)
                binary_row(
                    out + (row + k) * inner, a + a_at + k * a_row, b + b_at + k * b_row, a_step, b_step, inner, f);
            row += run;
            size_t step = run;
            for (int axis = rank - 2; axis >= 0; axis--) {
                a_at += step * a_strides[axis];
                b_at += step * b_strides[axis];
                place[axis] += step;
                if (place[axis] < sizes[axis]) break;
                place[axis] = 0;
                a_at -= sizes[axis] * a_strides[axis];
                b_at -= sizes[axis] * b_strides[axis];
                step = 1;
            }
        }
    });
}

static void binary(
    ax_binary_operation operation, float *out, const float *a, const float *b, int rank, const size_t *sizes,
    const size_t *a_strides, const size_t *b_strides) {
    switch (operation) {
    case ax_add: return binary_rows(out, a, b, rank, sizes, a_strides, b_strides, Add());
    case ax_subtract: return binary_rows(out, a, b, rank, sizes, a_strides, b_strides, Subtract());
    case ax_multiply: return binary_rows(out, a, b, rank, sizes, a_strides, b_strides, Multiply());
    case ax_divide: return binary_rows(out, a, b, rank, sizes, a_strides, b_strides, Divide());
    case ax_equal: return binary_rows(out, a, b, rank, sizes, a_strides, b_strides, Equal());
    }
}
