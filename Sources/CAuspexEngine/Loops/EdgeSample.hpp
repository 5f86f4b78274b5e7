// Bilinear sampling with the edges repeated: a place outside the image is clamped to the nearest one inside, where its gradient ends.

struct EdgeCorners {
    size_t at[4];  // in pixels
    float weight[4];
    float down, right;
    bool moves_down, moves_right;  // whether the place is free to move

    AX_INLINE_MEMBER EdgeCorners(float y, float x, size_t height, size_t row) {
        const float bottom = float(height - 1), end = float(row - 1);
        moves_down = y > 0 && y < bottom;
        moves_right = x > 0 && x < end;
        // NaN must propagate to the weights.
        const float nan = y != y || x != x ? __builtin_nanf("") : 0;
        y = y > 0 ? (y < bottom ? y : bottom) : 0;
        x = x > 0 ? (x < end ? x : end) : 0;
        const size_t top = size_t(y), left = size_t(x);
        const size_t under = top + 1 < height ? top + 1 : top, after = left + 1 < row ? left + 1 : left;
        down = y - float(top) + nan;
        right = x - float(left) + nan;
        at[0] = top * row + left;
        at[1] = top * row + after;
        at[2] = under * row + left;
        at[3] = under * row + after;
        weight[0] = (1 - down) * (1 - right);
        weight[1] = (1 - down) * right;
        weight[2] = down * (1 - right);
        weight[3] = down * right;
    }
};

static void edge_sample_forward(
    float *out, const float *image, const float *flow, size_t images, size_t times, size_t height, size_t row,
    size_t channels) {
    with_known(channels, [=](auto known) {
        parallel(images * times * height, grain_of(row * (16 + 4 * channels)), [=](size_t first, size_t last) {
            const size_t wide = decltype(known)::value > 0 ? decltype(known)::value : channels;
            for (size_t i = first; i < last; i++) {
                const float *of_image = image + i / height / times * height * row * wide;
                for (size_t x = 0; x < row; x++) {
                    const size_t pixel = i * row + x;
                    const EdgeCorners place(
                        float(i % height) + flow[2 * pixel], float(x) + flow[2 * pixel + 1], height, row);
                    for (size_t c = 0; c < wide; c++) {
                        float sum = 0;
                        for (int k = 0; k < 4; k++) sum += place.weight[k] * of_image[place.at[k] * wide + c];
                        out[pixel * wide + c] = sum;
                    }
                }
            }
        });
    });
}

template <size_t Known>
static void edge_sample_image_backward(
    float *image_gradient, float *flow_gradient, const float *upstream, const float *image, const float *flow,
    size_t times, size_t height, size_t row, size_t any_channels) {
    const size_t channels = Known > 0 ? Known : any_channels, pixels = height * row;
    if (image_gradient) __builtin_memset(image_gradient, 0, pixels * channels * 4);
    for (size_t pixel = 0; pixel < times * pixels; pixel++) {
        const size_t i = pixel % pixels;
        const EdgeCorners place(float(i / row) + flow[2 * pixel], float(i % row) + flow[2 * pixel + 1], height, row);
        const float *up = upstream + pixel * channels;
        if (image_gradient)
            for (int k = 0; k < 4; k++)
                for (size_t c = 0; c < channels; c++)
                    image_gradient[place.at[k] * channels + c] += place.weight[k] * up[c];
        if (!flow_gradient) continue;
        const float *corner[4];
        for (int k = 0; k < 4; k++) corner[k] = image + place.at[k] * channels;
        float dy = 0, dx = 0;
        for (size_t c = 0; c < channels; c++) {
            const float diagonal = corner[3][c] - corner[2][c] - corner[1][c] + corner[0][c];
            dy += up[c] * (corner[2][c] - corner[0][c] + place.right * diagonal);
            dx += up[c] * (corner[1][c] - corner[0][c] + place.down * diagonal);
        }
        const float nan = place.down + place.right != place.down + place.right ? __builtin_nanf("") : 0;
        flow_gradient[2 * pixel] = nan + (place.moves_down ? dy : 0);
        flow_gradient[2 * pixel + 1] = nan + (place.moves_right ? dx : 0);
    }
}

static void edge_sample_backward(
    float *image_gradient, float *flow_gradient, const float *upstream, const float *image, const float *flow,
    size_t images, size_t times, size_t height, size_t row, size_t channels) {
    const size_t pixels = height * row, moved = times * pixels;
    with_known(channels, [=](auto known) {
        parallel(images, grain_of(moved * (16 + 8 * channels)), [=](size_t first, size_t last) {
            for (size_t n = first; n < last; n++)
                edge_sample_image_backward<decltype(known)::value>(
                    image_gradient ? image_gradient + n * pixels * channels : nullptr,
                    flow_gradient ? flow_gradient + n * moved * 2 : nullptr, upstream + n * moved * channels,
                    image + n * pixels * channels, flow + n * moved * 2, times, height, row, channels);
        });
    });
}
