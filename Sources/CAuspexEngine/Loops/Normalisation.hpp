// Batch normalisation with gain, bias and ReLU. Forward: one pass for the statistics, one that normalises. Backward: one pass for the
// sums over each channel, one for the gradient; whether ReLU let a number through is recomputed from x, which saves reading the output.

// Calls body(c, lanes) for the channels a vector at a time; the last vector overlaps the one before it instead of being shortened, which is
// harmless if results are only stored. Fewer channels than a vector come as one part.
template <class Body>
AX_INLINE void over_channels(size_t channels, const Body &body) {
    if (channels < width) {
        body(size_t(0), channels);
        return;
    }
    for (size_t c = 0; c < channels; c += width) body(c + width <= channels ? c : channels - width, width);
}

AX_INLINE vf load_lanes(const float *p, size_t lanes) { return lanes == width ? load(p) : load_part(p, lanes); }
AX_INLINE void store_lanes(float *p, vf v, size_t lanes) { lanes == width ? store(p, v) : store_part(p, v, lanes); }

static void batch_statistics(
    float *mean, float *variance, const float *x, size_t rows, size_t channels, float *scratch) {
    const size_t pieces = piece_count(rows, channels), each = rows_a_piece(channels);
    parallel(pieces, 1, [=](size_t first, size_t last) {
        for (size_t piece = first; piece < last; piece++) {
            const float *start = x + piece * each * channels;
            const size_t count = (piece + 1) * each < rows ? each : rows - piece * each;
            float *sums = scratch + piece * 2 * channels;
            over_channels(channels, [=](size_t c, size_t lanes) {
                // Deviations from the first row, so that a mean far from zero costs the variance no digits.
                const vf origin = load_lanes(x + c, lanes);
                vf sum[4] = {}, squares[4] = {};
                const float *p = start + c;
                size_t row = 0;
                for (; row + 4 <= count; row += 4)
                    for (size_t k = 0; k < 4; k++, p += channels) {
                        const vf d = load_lanes(p, lanes) - origin;
                        sum[k] += d;
                        squares[k] = squares[k] + d * d;
                    }
                for (; row < count; row++, p += channels) {
                    const vf d = load_lanes(p, lanes) - origin;
                    sum[0] += d;
                    squares[0] = squares[0] + d * d;
                }
                store_lanes(sums + c, (sum[0] + sum[1]) + (sum[2] + sum[3]), lanes);
                store_lanes(sums + channels + c, (squares[0] + squares[1]) + (squares[2] + squares[3]), lanes);
            });
        }
    });
    for (size_t c = 0; c < channels; c++) {
        double sum = 0, squares = 0;
        for (size_t piece = 0; piece < pieces; piece++) {
            sum += double(scratch[piece * 2 * channels + c]);
            squares += double(scratch[(piece * 2 + 1) * channels + c]);
        }
        const double d = sum / double(rows), v = squares / double(rows) - d * d;
        mean[c] = float(double(x[c]) + d);
        variance[c] = float(v < 0 ? 0 : v);
    }
}

static void norm_coefficients(
    float *scale, float *shift, const float *mean, const float *variance, const float *gain, const float *bias,
    float epsilon, size_t groups, size_t channels) {
    for (size_t g = 0; g < groups; g++)
        for (size_t c = 0; c < channels; c++) {
            const size_t i = g * channels + c;
            scale[i] = gain[i] / __builtin_sqrtf(variance[c] + epsilon);
            shift[i] = bias[i] - mean[c] * scale[i];
        }
}

template <bool relu>
static void norm_forward_rows(
    float *out, const float *x, const float *scale, const float *shift, size_t images, size_t pixels, size_t channels,
    size_t groups) {
    parallel(images * pixels, grain_of(channels), [=](size_t first, size_t last) {
        for (size_t row = first; row < last;) {
            const size_t image = row / pixels, end = (image + 1) * pixels < last ? (image + 1) * pixels : last;
            const float *a = scale + image % groups * channels, *b = shift + image % groups * channels;
            for (; row < end; row++) {
                const float *from = x + row * channels;
                float *to = out + row * channels;
                over_channels(channels, [=](size_t c, size_t lanes) {
                    vf y = load_lanes(from + c, lanes) * load_lanes(a + c, lanes) + load_lanes(b + c, lanes);
                    if (relu) y = select(y < 0.0f, vf{}, y);
                    store_lanes(to + c, y, lanes);
                });
            }
        }
    });
}

static void norm_forward(
    float *out, const float *x, const float *scale, const float *shift, int relu, size_t images, size_t pixels,
    size_t channels, size_t groups) {
    if (relu)
        norm_forward_rows<true>(out, x, scale, shift, images, pixels, channels, groups);
    else
        norm_forward_rows<false>(out, x, scale, shift, images, pixels, channels, groups);
}

// sums[unit] = Σ g and Σ g · (x − mean) over a piece of an image, g being the upstream gradient where ReLU let x through.
template <bool relu>
static void norm_sums(
    float *sums, const float *upstream, const float *x, const float *mean, const float *scale, const float *shift,
    size_t images, size_t pixels, size_t channels, size_t groups) {
    const size_t pieces = piece_count(pixels, channels), each = rows_a_piece(channels);
    const size_t cost = (pixels < each ? pixels : each) * channels;
    parallel(images * pieces, grain_of(cost), [=](size_t first, size_t last) {
        for (size_t unit = first; unit < last; unit++) {
            const size_t image = unit / pieces, from = unit % pieces * each;
            const size_t count = from + each < pixels ? each : pixels - from;
            const size_t start = (image * pixels + from) * channels, group = image % groups * channels;
            float *target = sums + unit * 2 * channels;
            over_channels(channels, [=](size_t c, size_t lanes) {
                const vf centre = load_lanes(mean + c, lanes);
                const vf a = load_lanes(scale + group + c, lanes), b = load_lanes(shift + group + c, lanes);
                vf sum[2] = {}, product[2] = {};
                const auto add = [&](size_t row, size_t k) {
                    const size_t at = start + row * channels + c;
                    const vf v = load_lanes(x + at, lanes);
                    vf g = load_lanes(upstream + at, lanes);
                    if (relu) g = (vf)((vi)g & (v * a + b > 0.0f));
                    sum[k] += g;
                    product[k] = product[k] + g * (v - centre);
                };
                size_t row = 0;
                for (; row + 2 <= count; row += 2) {
                    add(row, 0);
                    add(row + 1, 1);
                }
                if (row < count) add(row, 0);
                store_lanes(target + c, sum[0] + sum[1], lanes);
                store_lanes(target + channels + c, product[0] + product[1], lanes);
            });
        }
    });
}

// x_gradient = g · scale + x · slope + offset
template <bool relu>
static void norm_backward_rows(
    float *x_gradient, const float *upstream, const float *x, const float *scale, const float *shift,
    const float *slope, const float *offset, size_t images, size_t pixels, size_t channels, size_t groups) {
    parallel(images * pixels, grain_of(channels), [=](size_t first, size_t last) {
        for (size_t row = first; row < last;) {
            const size_t image = row / pixels, end = (image + 1) * pixels < last ? (image + 1) * pixels : last;
            const float *a = scale + image % groups * channels, *b = shift + image % groups * channels;
            for (; row < end; row++) {
                const size_t at = row * channels;
                over_channels(channels, [=](size_t c, size_t lanes) {
                    const vf v = load_lanes(x + at + c, lanes), s = load_lanes(a + c, lanes);
                    vf g = load_lanes(upstream + at + c, lanes);
                    if (relu) g = (vf)((vi)g & (v * s + load_lanes(b + c, lanes) > 0.0f));
                    const vf d = g * s + (v * load_lanes(slope + c, lanes) + load_lanes(offset + c, lanes));
                    store_lanes(x_gradient + at + c, d, lanes);
                });
            }
        }
    });
}

static void norm_backward(
    float *x_gradient, float *gain_gradient, float *bias_gradient, const float *upstream, const float *x,
    const float *mean, const float *variance, const float *gain, const float *scale, const float *shift, float epsilon,
    int relu, int given, size_t images, size_t pixels, size_t channels, size_t groups, float *scratch) {
    if (relu)
        norm_sums<true>(scratch, upstream, x, mean, scale, shift, images, pixels, channels, groups);
    else
        norm_sums<false>(scratch, upstream, x, mean, scale, shift, images, pixels, channels, groups);
    const size_t pieces = piece_count(pixels, channels), units = images * pieces;
    float *slope = scratch + units * 2 * channels, *offset = slope + channels;
    const double count = double(images * pixels);
    for (size_t c = 0; c < channels; c++) {
        const double inverse = 1 / __builtin_sqrt(double(variance[c]) + double(epsilon));
        // With x̂ = (x − mean) · inverse and h = gain · g:  ∂x = inverse · (h − mean of h − x̂ · mean of h · x̂)
        double sum_h = 0, sum_hx = 0;
        for (size_t group = 0; group < groups; group++) {
            double sum = 0, product = 0;
            for (size_t image = group; image < images; image += groups)
                for (size_t unit = image * pieces; unit < (image + 1) * pieces; unit++) {
                    sum += double(scratch[unit * 2 * channels + c]);
                    product += double(scratch[(unit * 2 + 1) * channels + c]);
                }
            product *= inverse;
            const size_t i = group * channels + c;
            bias_gradient[i] = float(sum);
            gain_gradient[i] = float(product);
            sum_h += double(gain[i]) * sum;
            sum_hx += double(gain[i]) * product;
        }
        const double k = given ? 0 : -inverse * inverse * sum_hx / count;
        slope[c] = float(k);
        offset[c] = given ? 0 : float(-inverse * sum_h / count - double(mean[c]) * k);
    }
    if (x_gradient == nullptr) return;
    if (relu)
        norm_backward_rows<true>(
            x_gradient, upstream, x, scale, shift, slope, offset, images, pixels, channels, groups);
    else
        norm_backward_rows<false>(
            x_gradient, upstream, x, scale, shift, slope, offset, images, pixels, channels, groups);
}
