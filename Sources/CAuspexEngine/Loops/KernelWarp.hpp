// Warping by per-pixel kernels: a softmax over the taps and the weighted neighbourhood. The state's gradient is gathered (every pixel asks
// its neighbours what they took from it), so that rows can be shared among threads without races and sums keep their order.

struct WarpShape {
    size_t images, height, row, channels, size;  // `row` pixels in a row
};

// K = 0 means a size known only at run time.
template <int K>
struct WarpLimits {
    static constexpr size_t taps = K ? K * K : AX_MAXIMUM_WARP_SIZE * AX_MAXIMUM_WARP_SIZE;
    static constexpr size_t side = K ? K : AX_MAXIMUM_WARP_SIZE;
    // Pixels that are processed together, with taps in planes, so that softmax runs over pixels in vectors.
    static constexpr size_t block = K ? 64 : 16;
};

AX_INLINE size_t whole_vectors(size_t count) { return (count + width - 1) / width * width; }

// planes[k][x] = softmax over k of logits[x][k], for `count` pixels.
template <int K>
AX_INLINE void softmax_planes(float *planes, const float *logits, size_t count, size_t taps) {
    constexpr size_t block = WarpLimits<K>::block;
    if (K) taps = K * K;
    for (size_t x = 0; x < count; x++)
        for (size_t k = 0; k < taps; k++) planes[k * block + x] = logits[x * taps + k];
    for (size_t x = count; x < whole_vectors(count); x++)
        for (size_t k = 0; k < taps; k++) planes[k * block + x] = 0;
    for (size_t x = 0; x < count; x += width) {
        vf top = load(planes + x), sum = {};
        for (size_t k = 1; k < taps; k++) top = greater_of(load(planes + k * block + x), top);
        for (size_t k = 0; k < taps; k++) {
            const vf e = exponential(load(planes + k * block + x) - top);
            sum += e;
            store(planes + k * block + x, e);
        }
        const vf scale = 1.0f / sum;
        for (size_t k = 0; k < taps; k++) store(planes + k * block + x, load(planes + k * block + x) * scale);
    }
}

// out[c...] = Σ over taps of weight(tap) · p[tap][c...] for `vectors` vectors of channels. The taps of a pixel at the border are those that
// inside: dy in y0..<y1, dx in x0..<x1.
template <int K, size_t vectors, class Weight>
AX_INLINE void weighted_taps(
    float *out, const float *centre, ptrdiff_t line, ptrdiff_t pixel, int y0, int y1, int x0, int x1,
    const Weight &weight) {
    vf sums[vectors] = {};
    const auto add = [&](int dy, int dx) {
        const vf w = splat(weight(dy, dx));
        const float *p = centre + dy * line + dx * pixel;
        for (size_t v = 0; v < vectors; v++) sums[v] = sums[v] + w * load(p + v * width);
    };
    constexpr int r = K / 2;
    if (K && y0 == -r && y1 == r + 1 && x0 == -r && x1 == r + 1) {
#pragma clang loop unroll(full)
        for (int dy = -r; dy <= r; dy++)
#pragma clang loop unroll(full)
            for (int dx = -r; dx <= r; dx++) add(dy, dx);
    } else {
        for (int dy = y0; dy < y1; dy++)
            for (int dx = x0; dx < x1; dx++) add(dy, dx);
    }
    for (size_t v = 0; v < vectors; v++) store(out + v * width, sums[v]);
}

// All channels (at least a vector's) of a pixel; the last vectors overlap if the width does not divide the channels.
template <int K, class Weight>
AX_INLINE void warp_pixel(
    float *out, const float *centre, ptrdiff_t line, size_t channels, int y0, int y1, int x0, int x1,
    const Weight &weight) {
    const ptrdiff_t pixel = ptrdiff_t(channels);
    size_t c = 0;
    for (; c + 4 * width <= channels; c += 4 * width)
        weighted_taps<K, 4>(out + c, centre + c, line, pixel, y0, y1, x0, x1, weight);
    if (c + 2 * width <= channels) {
        weighted_taps<K, 2>(out + c, centre + c, line, pixel, y0, y1, x0, x1, weight);
        c += 2 * width;
    }
    for (; c < channels; c += width) {
        const size_t at = c + width <= channels ? c : channels - width;
        weighted_taps<K, 1>(out + at, centre + at, line, pixel, y0, y1, x0, x1, weight);
    }
}

// How far a kernel of radius r reaches from place i of `count`: from..<to around 0.
AX_INLINE void reach(size_t i, size_t count, int r, int *from, int *to) {
    *from = size_t(r) <= i ? -r : -int(i);
    *to = i + size_t(r) < count ? r + 1 : int(count - i);
}

template <int K>
static void warp_forward_row(
    float *out, float *weights, const float *state, const float *logits, const WarpShape &s, size_t y) {
    constexpr size_t block = WarpLimits<K>::block;
    const size_t size = K ? K : s.size, taps = size * size;
    const int r = int(size / 2);
    alignas(64) float planes[WarpLimits<K>::taps * block];
    int y0, y1;
    reach(y, s.height, r, &y0, &y1);
    for (size_t begin = 0; begin < s.row; begin += block) {
        const size_t count = s.row - begin < block ? s.row - begin : block;
        softmax_planes<K>(planes, logits + begin * taps, count, taps);
        for (size_t i = 0; i < count; i++) {
            int x0, x1;
            reach(begin + i, s.row, r, &x0, &x1);
            warp_pixel<K>(
                out + (begin + i) * s.channels, state + (y * s.row + begin + i) * s.channels,
                ptrdiff_t(s.row * s.channels), s.channels, y0, y1, x0, x1,
                [&](int dy, int dx) { return planes[size_t((dy + r) * int(size) + dx + r) * block + i]; });
            if (weights)
                for (size_t k = 0; k < taps; k++) weights[(begin + i) * taps + k] = planes[k * block + i];
        }
    }
}

AX_INLINE void store_tap_sums(float *out, const vf *sums, size_t count) {
    size_t k = 0;
    for (; k + 4 <= count; k += 4) four_sums(out + k, sums[k], sums[k + 1], sums[k + 2], sums[k + 3]);
    if (k == count) return;
    float last[4];
    four_sums(last, sums[k], k + 1 < count ? sums[k + 1] : vf{}, k + 2 < count ? sums[k + 2] : vf{}, vf{});
    for (size_t i = 0; k < count; k++, i++) out[k] = last[i];
}

// products[k] = Σ over channels of a · p[tap k], a row of taps at a time, for a pixel whose taps are all inside. The sums have constant
// indices, so that they stay in registers; at the border they cannot, so the border has a separate loop.
template <int K>
AX_INLINE void inner_tap_products(
    float *products, const float *a, const float *centre, ptrdiff_t line, size_t channels) {
    for (int dy = 0; dy < K; dy++) {
        vf sums[K ? K : 1] = {};
        const float *p = centre + (dy - K / 2) * line - (K / 2) * ptrdiff_t(channels);
        size_t c = 0;
        for (; c + width <= channels; c += width) {
            const vf u = load(a + c);
#pragma clang loop unroll(full)
            for (int dx = 0; dx < K; dx++) sums[dx] = sums[dx] + u * load(p + size_t(dx) * channels + c);
        }
        if (c < channels) {
            const vf u = load_part(a + c, channels - c);
#pragma clang loop unroll(full)
            for (int dx = 0; dx < K; dx++)
                sums[dx] = sums[dx] + u * load_part(p + size_t(dx) * channels + c, channels - c);
        }
        store_tap_sums(products + dy * K, sums, K);
    }
}

// The same for any pixel and size; 0 for taps outside.
template <int K>
static void border_tap_products(
    float *products, const float *a, const float *centre, ptrdiff_t line, size_t channels, size_t size, int y0, int y1,
    int x0, int x1) {
    const int r = int(size / 2);
    for (size_t k = 0; k < size * size; k++) products[k] = 0;
    for (int dy = y0; dy < y1; dy++) {
        vf sums[WarpLimits<K>::side] = {};
        for (size_t c = 0; c < channels; c += width) {
            const size_t lanes = c + width <= channels ? width : channels - c;
            const vf u = load_lanes(a + c, lanes);
            for (int dx = x0; dx < x1; dx++)
                sums[dx + r] =
                    sums[dx + r] + u * load_lanes(centre + dy * line + dx * ptrdiff_t(channels) + ptrdiff_t(c), lanes);
        }
        store_tap_sums(products + size_t(dy + r) * size, sums, size);
    }
}

template <int K>
static void warp_backward_row(
    float *state_gradient, float *logits_gradient, const float *upstream, const float *state, const float *weights,
    const WarpShape &s, size_t y) {
    const size_t size = K ? K : s.size, taps = size * size;
    const int r = int(size / 2);
    const ptrdiff_t line = ptrdiff_t(s.row * s.channels);
    float products[WarpLimits<K>::taps];
    int y0, y1, x0, x1;
    reach(y, s.height, r, &y0, &y1);
    for (size_t x = 0; x < s.row; x++) {
        reach(x, s.row, r, &x0, &x1);
        const size_t pixel = y * s.row + x, at = pixel * s.channels;
        if (logits_gradient) {
            if (K && y1 - y0 == K && x1 - x0 == K)
                inner_tap_products<K>(products, upstream + at, state + at, line, s.channels);
            else
                border_tap_products<K>(products, upstream + at, state + at, line, s.channels, size, y0, y1, x0, x1);
            const float *w = weights + pixel * taps;
            float mean = 0;
            for (size_t k = 0; k < taps; k++) mean += w[k] * products[k];
            for (size_t k = 0; k < taps; k++) logits_gradient[pixel * taps + k] = w[k] * (products[k] - mean);
        }
        if (state_gradient) {
            const float *w = weights + pixel * taps;
            const ptrdiff_t weight_line = ptrdiff_t(s.row * taps);
            // The neighbour at (dy, dx) took from here by its tap (−dy, −dx).
            warp_pixel<K>(state_gradient + at, upstream + at, line, s.channels, y0, y1, x0, x1, [=](int dy, int dx) {
                return w[dy * weight_line + dx * ptrdiff_t(taps) + (r - dy) * int(size) + r - dx];
            });
        }
    }
}
