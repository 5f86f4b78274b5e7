// Forward splatting, the adjoint of the warp by a displacement: a pixel's values are spread over the four pixels around its destination. Values
// belong to an image, displacements to each of its `times`. An output image is processed by one thread, because it is scattered into; gradients are gathered.

// Destinations of `width` neighbouring pixels of a row, corner by corner; a corner outside has weight and slopes 0, and refers to pixel 0.
struct CornerLanes {
    int32_t at[4][width];
    float weight[4][width], dy[4][width], dx[4][width];
    bool holds_nan;

    AX_INLINE_MEMBER CornerLanes(
        const float *flow, float row_number, float first, size_t count, size_t height, size_t row) {
        float y_of[width] = {}, x_of[width] = {};
        for (size_t i = 0; i < count; i++) {
            y_of[i] = row_number + flow[2 * i];
            x_of[i] = first + float(i) + flow[2 * i + 1];
        }
        const vf y = load(y_of), x = load(x_of);
        const vi near = (y > -1.0f) & (x > -1.0f) & (y < float(height)) & (x < float(row));
        const vi is_number = (y == y) & (x == x);
        holds_nan = false;
        for (size_t i = 0; i < width; i++) holds_nan = holds_nan || is_number[i] == 0;
        const vf top = __builtin_elementwise_floor((vf)((vi)y & near));
        const vf left = __builtin_elementwise_floor((vf)((vi)x & near));
        const vi t = __builtin_convertvector(top, vi), l = __builtin_convertvector(left, vi);
        const vf down = y - top, right = x - left, one = splat(1);
        const vi rows[2] = {near & (t >= 0), near & (t + 1 < int32_t(height))};
        const vi columns[2] = {l >= 0, l + 1 < int32_t(row)};
        for (int k = 0; k < 4; k++) {
            const vi inside = rows[k / 2] & columns[k % 2];
            const vf a = k / 2 ? down : one - down, b = k % 2 ? right : one - right;
            const auto keep = [&](float *to, vf v) { store(to, (vf)((vi)v & inside)); };
            keep(weight[k], a * b);
            keep(dy[k], k / 2 ? b : -b);
            keep(dx[k], k % 2 ? a : -a);
            const vi place = ((t + k / 2) * int32_t(row) + l + k % 2) & inside;
            __builtin_memcpy(at[k], &place, sizeof place);
        }
    }
};

// With the number of channels known (0: unknown), so that loops over a few of them are unrolled.
template <size_t Known>
static void splat_image(
    float *out, const float *values, const float *flow, size_t height, size_t row, size_t any_channels) {
    const size_t channels = Known > 0 ? Known : any_channels;
    __builtin_memset(out, 0, height * row * channels * 4);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < row; x += width) {
            const size_t start = y * row + x, count = row - x < width ? row - x : width;
            const CornerLanes lanes(flow + 2 * start, float(y), float(x), count, height, row);
            for (size_t i = 0; i < count; i++) {
                const float *from = values + (start + i) * channels;
                for (int k = 0; k < 4; k++) {
                    float *to = out + size_t(lanes.at[k][i]) * channels;
                    const float w = lanes.weight[k][i];
                    for (size_t c = 0; c < channels; c++) to[c] += w * from[c];
                }
            }
            if (!lanes.holds_nan) continue;
            // A NaN position has no neighbours, but must not vanish.
            for (size_t i = start; i < start + count; i++)
                if (flow[2 * i] != flow[2 * i] || flow[2 * i + 1] != flow[2 * i + 1])
                    for (size_t c = 0; c < channels; c++) out[i * channels + c] = __builtin_nanf("");
        }
}

template <size_t Known>
static void splat_backward_row(
    float *values_gradient, float *flow_gradient, const float *upstream, const float *values, const float *flow,
    size_t times, size_t height, size_t row, size_t any_channels, size_t y) {
    const size_t channels = Known > 0 ? Known : any_channels, pixels = height * row;
    if (values_gradient) __builtin_memset(values_gradient + y * row * channels, 0, row * channels * 4);
    for (size_t t = 0; t < times; t++)
        for (size_t x = 0; x < row; x += width) {
            const size_t start = y * row + x, count = row - x < width ? row - x : width;
            const float *moved = flow + 2 * (t * pixels + start), *up = upstream + t * pixels * channels;
            const CornerLanes lanes(moved, float(y), float(x), count, height, row);
            for (size_t i = 0; i < count; i++) {
                const float *corner[4];
                for (int k = 0; k < 4; k++) corner[k] = up + size_t(lanes.at[k][i]) * channels;
                const auto blend = [&](const float(&w)[4][width], size_t c) {
                    return w[0][i] * corner[0][c] + w[1][i] * corner[1][c] + w[2][i] * corner[2][c]
                        + w[3][i] * corner[3][c];
                };
                const bool is_nan = moved[2 * i] != moved[2 * i] || moved[2 * i + 1] != moved[2 * i + 1];
                const float nan = is_nan ? __builtin_nanf("") : 0;
                if (values_gradient)
                    for (size_t c = 0; c < channels; c++)
                        values_gradient[(start + i) * channels + c] += blend(lanes.weight, c) + nan;
                if (!flow_gradient) continue;
                const float *value = values + (start + i) * channels;
                float at_y = nan, at_x = nan;
                for (size_t c = 0; c < channels; c++) {
                    at_y += value[c] * blend(lanes.dy, c);
                    at_x += value[c] * blend(lanes.dx, c);
                }
                flow_gradient[2 * (t * pixels + start + i)] = at_y;
                flow_gradient[2 * (t * pixels + start + i) + 1] = at_x;
            }
        }
}

template <size_t Number>
struct Count {
    static constexpr size_t value = Number;
};

// Calls body with a number known at compile time: the channels of pictures with one or three, or 0.
template <class Body>
AX_INLINE void with_known(size_t channels, const Body &body) {
    switch (channels) {
    case 1: return body(Count<1>());
    case 3: return body(Count<3>());
    case 5: return body(Count<5>());
    default: return body(Count<0>());
    }
}

static void splat_forward(
    float *out, const float *values, const float *flow, size_t images, size_t times, size_t height, size_t row,
    size_t channels) {
    const size_t pixels = height * row;
    with_known(channels, [=](auto known) {
        parallel(images * times, grain_of(pixels * (16 + 4 * channels)), [=](size_t first, size_t last) {
            for (size_t n = first; n < last; n++)
                splat_image<decltype(known)::value>(
                    out + n * pixels * channels, values + n / times * pixels * channels, flow + n * pixels * 2, height,
                    row, channels);
        });
    });
}

static void splat_backward(
    float *values_gradient, float *flow_gradient, const float *upstream, const float *values, const float *flow,
    size_t images, size_t times, size_t height, size_t row, size_t channels) {
    const size_t pixels = height * row;
    with_known(channels, [=](auto known) {
        parallel(images * height, grain_of(times * row * (16 + 8 * channels)), [=](size_t first, size_t last) {
            for (size_t i = first; i < last; i++) {
                const size_t n = i / height;
                splat_backward_row<decltype(known)::value>(
                    values_gradient ? values_gradient + n * pixels * channels : nullptr,
                    flow_gradient ? flow_gradient + n * times * pixels * 2 : nullptr,
                    upstream + n * times * pixels * channels, values + n * pixels * channels,
                    flow + n * times * pixels * 2, times, height, row, channels, i % height);
            }
        });
    });
}
