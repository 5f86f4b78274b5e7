// Chooses between the warps' loops: by kernel size and by whether channels fill a vector.

template <int K>
static void warp_forward_rows(float *out, float *weights, const float *state, const float *logits, const WarpShape &s) {
    const size_t taps = s.size * s.size, image = s.height * s.row;
    parallel(s.images * s.height, grain_of(s.row * taps * (1 + s.channels / 8)), [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++) {
            const size_t pixel = i * s.row, n = i / s.height;
            float *const kept = weights ? weights + pixel * taps : nullptr;
            const float *of_image = state + n * image * s.channels;
            if (s.channels < width)
                narrow_forward_row<K>(out + pixel * s.channels, kept, of_image, logits + pixel * taps, s, i % s.height);
            else
                warp_forward_row<K>(out + pixel * s.channels, kept, of_image, logits + pixel * taps, s, i % s.height);
        }
    });
}

template <int K>
static void warp_backward_rows(
    float *state_gradient, float *logits_gradient, const float *upstream, const float *state, const float *weights,
    const WarpShape &s) {
    const size_t taps = s.size * s.size, pixels = s.height * s.row;
    parallel(s.images * s.height, grain_of(s.row * taps * (1 + s.channels / 4)), [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++) {
            const size_t at = i / s.height * pixels;
            float *const to_state = state_gradient ? state_gradient + at * s.channels : nullptr;
            float *const to_logits = logits_gradient ? logits_gradient + at * taps : nullptr;
            const float *up = upstream + at * s.channels, *of_image = state + at * s.channels, *w = weights + at * taps;
            if (s.channels < width)
                narrow_backward_row<K>(to_state, to_logits, up, of_image, w, s, i % s.height);
            else
                warp_backward_row<K>(to_state, to_logits, up, of_image, w, s, i % s.height);
        }
    });
}

static void kernel_warp_forward(
    float *out, float *weights, const float *state, const float *logits, size_t images, size_t height, size_t row,
    size_t channels, size_t size) {
    const WarpShape s{images, height, row, channels, size};
    switch (size) {
    case 3: return warp_forward_rows<3>(out, weights, state, logits, s);
    case 5: return warp_forward_rows<5>(out, weights, state, logits, s);
    default: return warp_forward_rows<0>(out, weights, state, logits, s);
    }
}

static void kernel_warp_backward(
    float *state_gradient, float *logits_gradient, const float *upstream, const float *state, const float *weights,
    size_t images, size_t height, size_t row, size_t channels, size_t size) {
    const WarpShape s{images, height, row, channels, size};
    switch (size) {
    case 3: return warp_backward_rows<3>(state_gradient, logits_gradient, upstream, state, weights, s);
    case 5: return warp_backward_rows<5>(state_gradient, logits_gradient, upstream, state, weights, s);
    default: return warp_backward_rows<0>(state_gradient, logits_gradient, upstream, state, weights, s);
    }
}
