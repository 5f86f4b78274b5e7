// Warping by a displacement per pixel, bilinear. The state's gradient is scattered, so each image is processed by one thread.

// The four pixels around a place, if they are inside, and their weights.
struct Corners {
    ptrdiff_t at[4];  // in pixels; -1 outside
    float weight[4];
    float down, right;  // how far the place is from the upper left corner

    AX_INLINE_MEMBER Corners(float y, float x, size_t height, size_t row) {
        for (int k = 0; k < 4; k++) at[k] = -1;
        // Also false for NaN, whose weights then are NaN and must not vanish: see `is_nan`.
        const bool near = y > -1.0f && x > -1.0f && y < float(height) && x < float(row);
        const float top = near ? __builtin_floorf(y) : 0, left = near ? __builtin_floorf(x) : 0;
        down = y - top;
        right = x - left;
        weight[0] = (1 - down) * (1 - right);
        weight[1] = (1 - down) * right;
        weight[2] = down * (1 - right);
        weight[3] = down * right;
        is_nan = y != y || x != x;
        if (!near) return;
        for (int k = 0; k < 4; k++) {
            const ptrdiff_t r = ptrdiff_t(top) + k / 2, c = ptrdiff_t(left) + k % 2;
            if (r >= 0 && c >= 0 && r < ptrdiff_t(height) && c < ptrdiff_t(row)) at[k] = r * ptrdiff_t(row) + c;
        }
    }
    bool is_nan;
};

static void flow_warp_forward(
    float *out, const float *state, const float *flow, size_t images, size_t height, size_t row, size_t channels) {
    parallel(images * height, grain_of(row * (16 + 4 * channels)), [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++)
            for (size_t x = 0; x < row; x++) {
                const size_t pixel = i * row + x;
                const Corners place(float(i % height) + flow[2 * pixel], float(x) + flow[2 * pixel + 1], height, row);
                float *to = out + pixel * channels;
                const float start = place.is_nan ? __builtin_nanf("") : 0;
                for (size_t c = 0; c < channels; c++) to[c] = start;
                for (int k = 0; k < 4; k++) {
                    if (place.at[k] < 0) continue;
                    const float *from = state + (i / height * height * row + size_t(place.at[k])) * channels;
                    const float w = place.weight[k];
                    for (size_t c = 0; c < channels; c++) to[c] += w * from[c];
                }
            }
    });
}

static void flow_warp_backward(
    float *state_gradient, float *flow_gradient, const float *upstream, const float *state, const float *flow,
    size_t images, size_t height, size_t row, size_t channels) {
    const size_t pixels = height * row;
    parallel(images, grain_of(pixels * (16 + 8 * channels)), [=](size_t first, size_t last) {
        for (size_t n = first; n < last; n++) {
            if (state_gradient) __builtin_memset(state_gradient + n * pixels * channels, 0, pixels * channels * 4);
            for (size_t i = 0; i < pixels; i++) {
                const size_t pixel = n * pixels + i;
                const Corners place(
                    float(i / row) + flow[2 * pixel], float(i % row) + flow[2 * pixel + 1], height, row);
                const float *up = upstream + pixel * channels;
                float products[4] = {};
                for (int k = 0; k < 4; k++) {
                    if (place.at[k] < 0) continue;
                    const size_t at = (n * pixels + size_t(place.at[k])) * channels;
                    const float w = place.weight[k];
                    if (state_gradient)
                        for (size_t c = 0; c < channels; c++) state_gradient[at + c] += w * up[c];
                    if (!flow_gradient) continue;
                    vf sum = {};
                    size_t c = 0;
                    for (; c + width <= channels; c += width) sum = sum + load(up + c) * load(state + at + c);
                    products[k] = horizontal_sum(sum);
                    for (; c < channels; c++) products[k] += up[c] * state[at + c];
                }
                if (!flow_gradient) continue;
                const float nan = place.is_nan ? __builtin_nanf("") : 0;
                flow_gradient[2 * pixel] =
                    nan + (1 - place.right) * (products[2] - products[0]) + place.right * (products[3] - products[1]);
                flow_gradient[2 * pixel + 1] =
                    nan + (1 - place.down) * (products[1] - products[0]) + place.down * (products[3] - products[2]);
            }
        }
    });
}
