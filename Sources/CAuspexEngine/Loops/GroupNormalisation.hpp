// Group normalisation with gain, bias and an activation, for each image separately. Forward: one pass for the statistics, one that normalises.
// Backward: one pass for the sums over each channel of each image, one for the gradient; the activation's input is recomputed from x.
//
// All statistics and coefficients are expanded to every channel of every image, so that the passes over memory need no knowledge of groups.

struct NormIdentity {
    AX_INLINE_MEMBER vf value(vf z) const { return z; }
    AX_INLINE_MEMBER vf gradient(vf g, vf) const { return g; }
};
struct NormSilu {
    AX_INLINE_MEMBER vf value(vf z) const { return silu_of(z); }
    AX_INLINE_MEMBER vf gradient(vf g, vf z) const { return g * silu_slope_of(z); }
};
struct NormLeaky {
    float slope;
    AX_INLINE_MEMBER vf value(vf z) const { return leaky_of(z, slope); }
    AX_INLINE_MEMBER vf gradient(vf g, vf z) const { return select(z > 0.0f, g, g * slope); }
};

template <class Body>
static void with_activation(ax_norm_activation activation, float slope, const Body &body) {
    switch (activation) {
    case ax_norm_identity: return body(NormIdentity{});
    case ax_norm_silu: return body(NormSilu{});
    case ax_norm_leaky_relu: return body(NormLeaky{slope});
    }
}

// Calls body(image, first pixel, count, unit) for every piece of every image.
template <class Body>
static void over_image_pieces(size_t images, size_t pixels, size_t channels, const Body &body) {
    const size_t pieces = piece_count(pixels, channels), each = rows_a_piece(channels);
    const size_t cost = (pixels < each ? pixels : each) * channels;
    parallel(images * pieces, grain_of(cost), [=](size_t first, size_t last) {
        for (size_t unit = first; unit < last; unit++) {
            const size_t from = unit % pieces * each;
            body(unit / pieces, from, from + each < pixels ? each : pixels - from, unit);
        }
    });
}

static void group_statistics(
    float *mean, float *inverse, const float *x, float epsilon, size_t images, size_t pixels, size_t channels,
    size_t groups, float *scratch) {
    over_image_pieces(images, pixels, channels, [=](size_t image, size_t from, size_t count, size_t unit) {
        const float *start = x + image * pixels * channels, *piece = start + from * channels;
        float *sums = scratch + unit * 2 * channels;
        over_channels(channels, [=](size_t c, size_t lanes) {
            // Deviations from the image's first pixel, so that a mean far from zero costs the variance no digits.
            const vf origin = load_lanes(start + c, lanes);
            vf sum[2] = {}, squares[2] = {};
            const float *p = piece + c;
            for (size_t row = 0; row < count; row++, p += channels) {
                const vf d = load_lanes(p, lanes) - origin;
                sum[row % 2] += d;
                squares[row % 2] = squares[row % 2] + d * d;
            }
            store_lanes(sums + c, sum[0] + sum[1], lanes);
            store_lanes(sums + channels + c, squares[0] + squares[1], lanes);
        });
    });
    const size_t pieces = piece_count(pixels, channels), width_of_group = channels / groups;
    for (size_t image = 0; image < images; image++)
        for (size_t first = 0; first < channels; first += width_of_group) {
            const float *origin = x + image * pixels * channels;
            // Each channel's mean and sum of squared deviations from it; then those of the channels together.
            double total = 0;
            for (size_t c = first; c < first + width_of_group; c++) {
                double sum = 0;
                for (size_t p = 0; p < pieces; p++) sum += double(scratch[(image * pieces + p) * 2 * channels + c]);
                total += sum + double(origin[c]) * double(pixels);
            }
            const double centre = total / double(pixels * width_of_group);
            double deviations = 0;
            for (size_t c = first; c < first + width_of_group; c++) {
                double sum = 0, squares = 0;
                for (size_t p = 0; p < pieces; p++) {
                    const float *sums = scratch + (image * pieces + p) * 2 * channels;
                    sum += double(sums[c]);
                    squares += double(sums[channels + c]);
                }
                const double d = sum / double(pixels), own = squares - d * sum;
                const double apart = double(origin[c]) + d - centre;
                deviations += (own < 0 ? 0 : own) + apart * apart * double(pixels);
            }
            const double variance = deviations / double(pixels * width_of_group);
            const float scale = float(1 / __builtin_sqrt(variance + double(epsilon)));
            for (size_t c = first; c < first + width_of_group; c++) {
                mean[image * channels + c] = float(centre);
                inverse[image * channels + c] = scale;
            }
        }
}

// Turns normalisation into one multiplication and one addition, as in ax_norm_coefficients.
static void group_coefficients(
    float *scale, float *shift, const float *mean, const float *inverse, const float *gain, const float *bias,
    size_t images, size_t channels) {
    for (size_t i = 0; i < images * channels; i++) {
        scale[i] = gain[i % channels] * inverse[i];
        shift[i] = bias[i % channels] - mean[i] * scale[i];
    }
}

// Calls body(row, offset of the image's coefficients) for every pixel.
template <class Body>
static void over_pixels(size_t images, size_t pixels, size_t channels, const Body &body) {
    parallel(images * pixels, grain_of(channels), [=](size_t first, size_t last) {
        for (size_t row = first; row < last;) {
            const size_t image = row / pixels, end = (image + 1) * pixels < last ? (image + 1) * pixels : last;
            for (; row < end; row++) body(row * channels, image * channels);
        }
    });
}

static void group_norm_forward(
    float *out, const float *x, const float *mean, const float *inverse, const float *gain, const float *bias,
    ax_norm_activation activation, float slope, size_t images, size_t pixels, size_t channels, float *scratch) {
    float *scale = scratch, *shift = scratch + images * channels;
    group_coefficients(scale, shift, mean, inverse, gain, bias, images, channels);
    with_activation(activation, slope, [=](auto f) {
        over_pixels(images, pixels, channels, [=](size_t at, size_t image) {
            over_channels(channels, [=](size_t c, size_t lanes) {
                const vf a = load_lanes(scale + image + c, lanes), b = load_lanes(shift + image + c, lanes);
                store_lanes(out + at + c, f.value(load_lanes(x + at + c, lanes) * a + b), lanes);
            });
        });
    });
}

// sums[unit] = Σ g and Σ g · (x − mean) over a piece of an image, g being the gradient before the activation.
template <class F>
static void group_norm_sums(
    float *sums, const float *upstream, const float *x, const float *mean, const float *scale, const float *shift,
    size_t images, size_t pixels, size_t channels, const F &f) {
    over_image_pieces(images, pixels, channels, [=](size_t image, size_t from, size_t count, size_t unit) {
        const size_t start = (image * pixels + from) * channels, own = image * channels;
        float *target = sums + unit * 2 * channels;
        over_channels(channels, [=](size_t c, size_t lanes) {
            const vf centre = load_lanes(mean + own + c, lanes);
            const vf a = load_lanes(scale + own + c, lanes), b = load_lanes(shift + own + c, lanes);
            vf sum[2] = {}, product[2] = {};
            for (size_t row = 0; row < count; row++) {
                const size_t at = start + row * channels + c;
                const vf v = load_lanes(x + at, lanes);
                const vf g = f.gradient(load_lanes(upstream + at, lanes), v * a + b);
                sum[row % 2] += g;
                product[row % 2] = product[row % 2] + g * (v - centre);
            }
            store_lanes(target + c, sum[0] + sum[1], lanes);
            store_lanes(target + channels + c, product[0] + product[1], lanes);
        });
    });
}

static void group_norm_backward(
    float *x_gradient, float *gain_gradient, float *bias_gradient, const float *upstream, const float *x,
    const float *mean, const float *inverse, const float *gain, const float *bias, ax_norm_activation activation,
    float slope, size_t images, size_t pixels, size_t channels, size_t groups, float *scratch) {
    const size_t pieces = piece_count(pixels, channels), all = images * channels;
    float *scale = scratch + images * pieces * 2 * channels, *shift = scale + all;
    float *inclination = shift + all, *offset = inclination + all;
    group_coefficients(scale, shift, mean, inverse, gain, bias, images, channels);
    with_activation(activation, slope, [=](auto f) {
        group_norm_sums(scratch, upstream, x, mean, scale, shift, images, pixels, channels, f);
    });
    // Adds up the pieces of a channel.
    const auto sum_of = [=](size_t image, size_t c, size_t which) {
        double sum = 0;
        for (size_t p = 0; p < pieces; p++) sum += double(scratch[((image * pieces + p) * 2 + which) * channels + c]);
        return sum;
    };
    for (size_t c = 0; c < channels; c++) {
        double sum = 0, product = 0;
        for (size_t image = 0; image < images; image++) {
            sum += sum_of(image, c, 0);
            product += sum_of(image, c, 1) * double(inverse[image * channels + c]);
        }
        bias_gradient[c] = float(sum);
        gain_gradient[c] = float(product);
    }
    if (x_gradient == nullptr) return;
    const size_t width_of_group = channels / groups;
    const double count = double(pixels * width_of_group);
    for (size_t image = 0; image < images; image++)
        for (size_t first = 0; first < channels; first += width_of_group) {
            const size_t at = image * channels + first;
            const double i = double(inverse[at]);
            // With x̂ = (x − mean) · inverse and h = gain · g:  ∂x = inverse · (h − mean of h − x̂ · mean of h · x̂)
            double sum_h = 0, sum_hx = 0;
            for (size_t c = first; c < first + width_of_group; c++) {
                sum_h += double(gain[c]) * sum_of(image, c, 0);
                sum_hx += double(gain[c]) * sum_of(image, c, 1) * i;
            }
            const double k = -i * i * sum_hx / count, d = -i * sum_h / count - double(mean[at]) * k;
            for (size_t c = 0; c < width_of_group; c++) {
                inclination[at + c] = float(k);
                offset[at + c] = float(d);
            }
        }
    with_activation(activation, slope, [=](auto f) {
        over_pixels(images, pixels, channels, [=](size_t at, size_t image) {
            over_channels(channels, [=](size_t c, size_t lanes) {
                const vf v = load_lanes(x + at + c, lanes), a = load_lanes(scale + image + c, lanes);
                const vf g =
                    f.gradient(load_lanes(upstream + at + c, lanes), v * a + load_lanes(shift + image + c, lanes));
                const vf rest = v * load_lanes(inclination + image + c, lanes) + load_lanes(offset + image + c, lanes);
                store_lanes(x_gradient + at + c, g * a + rest, lanes);
            });
        });
    });
}
