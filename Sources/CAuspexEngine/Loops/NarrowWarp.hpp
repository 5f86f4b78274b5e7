// The same warps for fewer channels than a vector holds (frames in colour): vectors run over pixels instead, channel by channel, on planes
// with zeros around.

// planes[dy][i] = p[y + dy − r][begin + i − r][c], zeros outside, for i = 0..<count + 2r.
AX_INLINE void channel_planes(
    float *planes, size_t stride, const float *p, const WarpShape &s, size_t y, size_t begin, size_t count, size_t c,
    size_t size) {
    const size_t r = size / 2;
    for (size_t dy = 0; dy < size; dy++) {
        float *plane = planes + dy * stride;
        for (size_t i = 0; i < stride; i++) plane[i] = 0;
        if (y + dy < r || y + dy - r >= s.height) continue;
        const float *line = p + (y + dy - r) * s.row * s.channels + c;
        const size_t first = begin < r ? r - begin : 0;
        const size_t last = begin + count + r < s.row ? count + 2 * r : s.row + r - begin;
        for (size_t i = first; i < last; i++) plane[i] = line[(begin + i - r) * s.channels];
    }
}

// A row of a channel's planes: a block, the reach to both sides, and what the last vector reads past the end.
template <int K>
struct NarrowLimits : WarpLimits<K> {
    static constexpr size_t stride = WarpLimits<K>::block + WarpLimits<K>::side + width;
};

template <int K>
static void narrow_forward_row(
    float *out, float *weights, const float *state, const float *logits, const WarpShape &s, size_t y) {
    using L = NarrowLimits<K>;
    const size_t size = K ? K : s.size, taps = size * size;
    alignas(64) float kernels[L::taps * L::block];
    alignas(64) float planes[L::side * L::stride];
    for (size_t begin = 0; begin < s.row; begin += L::block) {
        const size_t count = s.row - begin < L::block ? s.row - begin : L::block;
        softmax_planes<K>(kernels, logits + begin * taps, count, taps);
        for (size_t c = 0; c < s.channels; c++) {
            channel_planes(planes, L::stride, state, s, y, begin, count, c, size);
            for (size_t i = 0; i < count; i += width) {
                vf sum = {};
                for (size_t dy = 0; dy < size; dy++)
                    for (size_t dx = 0; dx < size; dx++)
                        sum = sum
                            + load(kernels + (dy * size + dx) * L::block + i) * load(planes + dy * L::stride + i + dx);
                for (size_t k = 0; k < width && i + k < count; k++) out[(begin + i + k) * s.channels + c] = sum[k];
            }
        }
        if (weights)
            for (size_t i = 0; i < count; i++)
                for (size_t k = 0; k < taps; k++) weights[(begin + i) * taps + k] = kernels[k * L::block + i];
    }
}

template <int K>
static void narrow_backward_row(
    float *state_gradient, float *logits_gradient, const float *upstream, const float *state, const float *weights,
    const WarpShape &s, size_t y) {
    using L = NarrowLimits<K>;
    const size_t size = K ? K : s.size, taps = size * size, r = size / 2;
    alignas(64) float kernels[L::taps * L::block], products[L::taps * L::block];
    alignas(64) float up[L::side * L::stride], planes[L::side * L::stride];
    for (size_t begin = 0; begin < s.row; begin += L::block) {
        const size_t count = s.row - begin < L::block ? s.row - begin : L::block, whole = whole_vectors(count);
        // The weight by which the neighbour at (dy, dx) took from each pixel; the softmax's own weights come after.
        if (state_gradient)
            for (size_t k = 0; k < taps; k++)
                for (size_t i = 0; i < whole; i++) {
                    const size_t dy = k / size, dx = k % size, x = begin + i + dx;
                    const bool inside = i < count && y + dy >= r && y + dy - r < s.height && x >= r && x - r < s.row;
                    kernels[k * L::block + i] =
                        inside ? weights[((y + dy - r) * s.row + x - r) * taps + taps - 1 - k] : 0;
                }
        if (logits_gradient)
            for (size_t k = 0; k < taps; k++)
                for (size_t i = 0; i < whole; i++) products[k * L::block + i] = 0;
        for (size_t c = 0; c < s.channels; c++) {
            channel_planes(up, L::stride, upstream, s, y, begin, count, c, size);
            if (logits_gradient) channel_planes(planes, L::stride, state, s, y, begin, count, c, size);
            for (size_t i = 0; i < count; i += width) {
                const vf u = load(up + r * L::stride + i + r);
                vf sum = {};
                for (size_t dy = 0; dy < size; dy++)
                    for (size_t dx = 0; dx < size; dx++) {
                        const size_t k = (dy * size + dx) * L::block + i, at = dy * L::stride + i + dx;
                        if (state_gradient) sum = sum + load(kernels + k) * load(up + at);
                        if (logits_gradient) store(products + k, load(products + k) + u * load(planes + at));
                    }
                if (state_gradient)
                    for (size_t k = 0; k < width && i + k < count; k++)
                        state_gradient[(y * s.row + begin + i + k) * s.channels + c] = sum[k];
            }
        }
        if (!logits_gradient) continue;
        const size_t first = (y * s.row + begin) * taps;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < taps; k++) kernels[k * L::block + i] = weights[first + i * taps + k];
        for (size_t i = 0; i < count; i += width) {
            vf mean = {};
            for (size_t k = 0; k < taps; k++)
                mean = mean + load(kernels + k * L::block + i) * load(products + k * L::block + i);
            for (size_t k = 0; k < taps; k++) {
                const vf p = load(products + k * L::block + i);
                store(products + k * L::block + i, load(kernels + k * L::block + i) * (p - mean));
            }
        }
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < taps; k++) logits_gradient[first + i * taps + k] = products[k * L::block + i];
    }
}
