// Forward splatting, the adjoint of the warp by a displacement: a pixel's values are spread over the four pixels around the place where they go. Values
// belong to an image, displacements to each of its `times`. An output image belongs to one thread, because it is scattered into; gradients are gathered.

// With the number of channels known (0: not), so that loops over a few of them become straight code.
template <size_t Known>
static void splat_image(
    float *out, const float *values, const float *flow, size_t height, size_t row, size_t any_channels) {
    const size_t channels = Known > 0 ? Known : any_channels;
    __builtin_memset(out, 0, height * row * channels * 4);
    for (size_t i = 0; i < height * row; i++) {
        const Corners place(float(i / row) + flow[2 * i], float(i % row) + flow[2 * i + 1], height, row);
        const float *from = values + i * channels;
        for (int k = 0; k < 4; k++) {
            if (place.at[k] < 0) continue;
            float *to = out + size_t(place.at[k]) * channels;
            const float w = place.weight[k];
            for (size_t c = 0; c < channels; c++) to[c] += w * from[c];
        }
        // A place that is no number has no neighbours, and must not vanish.
        if (place.is_nan)
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
        for (size_t x = 0; x < row; x++) {
            const size_t i = y * row + x, moved = t * pixels + i;
            const Corners place(float(y) + flow[2 * moved], float(x) + flow[2 * moved + 1], height, row);
            const float *value = values + i * channels;
            float products[4] = {};
            for (int k = 0; k < 4; k++) {
                if (place.at[k] < 0) continue;
                const float *up = upstream + (t * pixels + size_t(place.at[k])) * channels;
                const float w = place.weight[k];
                if (values_gradient)
                    for (size_t c = 0; c < channels; c++) values_gradient[i * channels + c] += w * up[c];
                if (flow_gradient)
                    for (size_t c = 0; c < channels; c++) products[k] += value[c] * up[c];
            }
            const float nan = place.is_nan ? __builtin_nanf("") : 0;
            if (values_gradient && place.is_nan)
                for (size_t c = 0; c < channels; c++) values_gradient[i * channels + c] = nan;
            if (!flow_gradient) continue;
            flow_gradient[2 * moved] =
                nan + (1 - place.right) * (products[2] - products[0]) + place.right * (products[3] - products[1]);
            flow_gradient[2 * moved + 1] =
                nan + (1 - place.down) * (products[1] - products[0]) + place.down * (products[3] - products[2]);
        }
}

template <size_t Number>
struct Count {
    static constexpr size_t value = Number;
};

// Calls body with a number that is known when compiling: what pictures of one or three channels make, or 0.
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
