// Softmax, with the greatest argument subtracted first so that no exponential overflows.

static void softmax_row(float *out, const float *x, size_t count) {
    const float top = reduce_row(x, count, Maximum());
    size_t i = 0;
    for (; i + width <= count; i += width) store(out + i, exponential(load(x + i) - top));
    if (i < count) store_part(out + i, exponential(load_part(x + i, count - i) - top), count - i);
    const float scale = 1.0f / reduce_row(out, count, Sum());
    i = 0;
    for (; i + width <= count; i += width) store(out + i, load(out + i) * scale);
    for (; i < count; i++) out[i] *= scale;
}

static void softmax_columns(float *out, const float *x, size_t count, size_t inner, size_t lanes) {
    const auto read = [=](const float *p) { return lanes == width ? load(p) : load_part(p, lanes); };
    const auto write = [=](float *p, vf v) { lanes == width ? store(p, v) : store_part(p, v, lanes); };
    vf top = read(x), sum = {};
    for (size_t k = 1; k < count; k++) top = Maximum()(top, read(x + k * inner));
    for (size_t k = 0; k < count; k++) {
        const vf e = exponential(read(x + k * inner) - top);
        sum += e;
        write(out + k * inner, e);
    }
    const vf scale = 1.0f / sum;
    for (size_t k = 0; k < count; k++) write(out + k * inner, read(out + k * inner) * scale);
}

static void softmax(float *out, const float *x, size_t outer, size_t count, size_t inner) {
    if (count == 0) return;
    parallel(outer, grain_of(4 * count * inner), [=](size_t first, size_t last) {
        for (size_t o = first; o < last; o++) {
            const size_t at = o * count * inner;
            if (inner == 1) {
                softmax_row(out + at, x + at, count);
                continue;
            }
            for (size_t i = 0; i < inner; i += width)
                softmax_columns(out + at + i, x + at + i, count, inner, inner - i < width ? inner - i : width);
        }
    });
}

static void softmax_backward(
    float *out, const float *upstream, const float *y, size_t outer, size_t count, size_t inner) {
    parallel(outer, grain_of(2 * count * inner), [=](size_t first, size_t last) {
        for (size_t o = first; o < last; o++) {
            const size_t at = o * count * inner;
            for (size_t i = 0; i < inner; i++) {
                const float *g = upstream + at + i, *p = y + at + i;
                float dot = 0;
                for (size_t k = 0; k < count; k++) dot += g[k * inner] * p[k * inner];
                for (size_t k = 0; k < count; k++) out[at + i + k * inner] = p[k * inner] * (g[k * inner] - dot);
            }
        }
    });
}
