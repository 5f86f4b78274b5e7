// What layered motion needs besides warps: how well displacements fit two pictures, twofold enlargement, and layers over a background.

constexpr size_t cost_pixels = 32, most_cost_channels = 8;

// One row of one image for one displacement: the picture before, interpolated between four pixels, against the picture now.
AX_INLINE void cost_volume_row(
    float *out, const float *first, const float *second, size_t height, size_t row, size_t channels, size_t places,
    size_t y, float dy, float dx, float limit) {
    const float above = __builtin_floorf(-dy), before = __builtin_floorf(-dx);
    const float down = -dy - above, right = -dx - before;
    const ptrdiff_t bottom = ptrdiff_t(height) - 1, end = ptrdiff_t(row) - 1;
    const auto within = [](ptrdiff_t place, ptrdiff_t last) { return place < 0 ? 0 : place > last ? last : place; };
    const ptrdiff_t top = ptrdiff_t(y) + ptrdiff_t(above);
    const float *upper = first + size_t(within(top, bottom)) * row * channels;
    const float *lower = first + size_t(within(top + 1, bottom)) * row * channels;
    const float *now = second + y * row * channels;
    const float share = 1.0f / float(channels);
    const float w[4] = {(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right};
    // Away from the edges neighbours are neighbours in memory, and numbers of all channels go side by side.
    const ptrdiff_t from = -ptrdiff_t(before), until = end - ptrdiff_t(before);
    const size_t begin = size_t(within(from, end + 1)), stop = size_t(within(until, end + 1));
    float apart[cost_pixels * most_cost_channels];
    size_t x = 0;
    while (x < row) {
        if (channels <= most_cost_channels && x >= begin && x < stop) {
            const size_t count = stop - x < cost_pixels ? stop - x : cost_pixels;
            const float *a = upper + (ptrdiff_t(x) + ptrdiff_t(before)) * ptrdiff_t(channels);
            const float *b = lower + (ptrdiff_t(x) + ptrdiff_t(before)) * ptrdiff_t(channels);
            const float *c = now + x * channels;
            for (size_t i = 0; i < count * channels; i++)
                apart[i] =
                    __builtin_fabsf(w[0] * a[i] + w[1] * a[i + channels] + w[2] * b[i] + w[3] * b[i + channels] - c[i]);
            for (size_t i = 0; i < count; i++, x++) {
                float sum = 0;
                for (size_t k = 0; k < channels; k++) sum += apart[i * channels + k];
                const float mean = sum * share;
                out[x * places] = mean > limit ? limit : mean;
            }
            continue;
        }
        const ptrdiff_t left = ptrdiff_t(x) + ptrdiff_t(before);
        const size_t a = size_t(within(left, end)) * channels, b = size_t(within(left + 1, end)) * channels;
        float sum = 0;
        for (size_t c = 0; c < channels; c++) {
            const float was = w[0] * upper[a + c] + w[1] * upper[b + c] + w[2] * lower[a + c] + w[3] * lower[b + c];
            sum += __builtin_fabsf(was - now[x * channels + c]);
        }
        const float mean = sum * share;
        out[x++ * places] = mean > limit ? limit : mean;
    }
}

static void cost_volume(
    float *out, const float *first, const float *second, const float *displacements, size_t places, float limit,
    size_t images, size_t height, size_t row, size_t channels) {
    with_known(channels, [=](auto known) {
        const size_t wide = decltype(known)::value > 0 ? decltype(known)::value : channels;
        parallel(images * height, grain_of(row * places * (4 + 8 * channels)), [=](size_t from, size_t to) {
            for (size_t i = from; i < to; i++) {
                const size_t image = i / height * height * row * wide;
                for (size_t k = 0; k < places; k++)
                    cost_volume_row(
                        out + i * row * places + k, first + image, second + image, height, row, wide, places,
                        i % height, displacements[2 * k], displacements[2 * k + 1], limit);
            }
        });
    });
}

// Twice as large in both directions, pixel centres kept: an output is a quarter of a pixel away from one of its two neighbours.
static void bilinear_upsample_forward(
    float *out, const float *x, size_t images, size_t height, size_t row, size_t channels) {
    parallel(images * height * 2, grain_of(8 * row * channels), [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++) {
            const size_t image = i / (2 * height), y = i % (2 * height), near = y / 2;
            const size_t far = y % 2 ? (near + 1 < height ? near + 1 : near) : (near > 0 ? near - 1 : 0);
            const float *a = x + (image * height + near) * row * channels;
            const float *b = x + (image * height + far) * row * channels;
            float *to = out + i * 2 * row * channels;
            for (size_t j = 0; j < row; j++) {
                const size_t before = j > 0 ? j - 1 : 0, after = j + 1 < row ? j + 1 : j;
                for (size_t c = 0; c < channels; c++) {
                    const auto at = [=](size_t p) { return 0.75f * a[p * channels + c] + 0.25f * b[p * channels + c]; };
                    const float middle = 0.75f * at(j);
                    to[2 * j * channels + c] = middle + 0.25f * at(before);
                    to[(2 * j + 1) * channels + c] = middle + 0.25f * at(after);
                }
            }
        }
    });
}

// What four neighbouring outputs, of which the first and last may be outside, give an input: at the border the outermost counts in full.
AX_INLINE float quarter_sum(float before, float first, float second, float after, bool begins, bool ends) {
    return 0.75f * (first + second) + 0.25f * ((begins ? first : before) + (ends ? second : after));
}

static void bilinear_upsample_backward(
    float *x_gradient, const float *upstream, size_t images, size_t height, size_t row, size_t channels) {
    parallel(images * height, grain_of(24 * row * channels), [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++) {
            const size_t image = i / height, y = i % height, wide = 2 * row * channels;
            const bool top = y == 0, bottom = y + 1 == height;
            const float *up = upstream + (image * 2 * height + 2 * y) * wide;
            for (size_t j = 0; j < row; j++)
                for (size_t c = 0; c < channels; c++) {
                    const bool begins = j == 0, ends = j + 1 == row;
                    const auto column = [=](const float *line) {
                        const float *p = line + 2 * j * channels + c;
                        return quarter_sum(
                            begins ? 0 : *(p - channels), p[0], p[channels], ends ? 0 : p[2 * channels], begins, ends);
                    };
                    x_gradient[(i * row + j) * channels + c] = quarter_sum(
                        top ? 0 : column(up - wide), column(up), column(up + wide), bottom ? 0 : column(up + 2 * wide),
                        top, bottom);
                }
        }
    });
}

// A splat of (values · weight, weight, coverage) over a background; `channels` are the values'.
constexpr float least_weight = 1e-3f;

static void composite_forward(
    float *out, float *opacity, const float *splat, const float *background, size_t pixels, size_t channels) {
    with_known(channels, [=](auto known) {
        parallel(pixels, grain_of(8 + 4 * channels), [=](size_t first, size_t last) {
            const size_t wide = decltype(known)::value > 0 ? decltype(known)::value : channels;
            for (size_t i = first; i < last; i++) {
                const float *s = splat + i * (wide + 2);
                const float inverse = 1 / (s[wide] + least_weight), covered = s[wide + 1] > 1 ? 1 : s[wide + 1];
                const float share = covered * s[wide] * inverse;
                opacity[i] = share;
                for (size_t c = 0; c < wide; c++)
                    out[i * wide + c] = share * (s[c] * inverse) + (1 - share) * background[i * wide + c];
            }
        });
    });
}

static void composite_backward(
    float *splat_gradient, float *background_gradient, const float *upstream, const float *splat,
    const float *background, size_t pixels, size_t channels) {
    with_known(channels, [=](auto known) {
        parallel(pixels, grain_of(16 + 8 * channels), [=](size_t first, size_t last) {
            const size_t wide = decltype(known)::value > 0 ? decltype(known)::value : channels;
            for (size_t i = first; i < last; i++) {
                const float *s = splat + i * (wide + 2), *b = background + i * wide, *g = upstream + i * wide;
                const float weight = s[wide], inverse = 1 / (weight + least_weight);
                const float covered = s[wide + 1] > 1 ? 1 : s[wide + 1], share = covered * weight * inverse;
                float at_share = 0, at_inverse = 0;
                for (size_t c = 0; c < wide; c++) {
                    at_share += g[c] * (s[c] * inverse - b[c]);
                    at_inverse += g[c] * share * s[c];
                }
                if (splat_gradient) {
                    float *to = splat_gradient + i * (wide + 2);
                    for (size_t c = 0; c < wide; c++) to[c] = g[c] * share * inverse;
                    at_inverse += at_share * covered * weight;
                    to[wide] = at_share * covered * inverse - at_inverse * inverse * inverse;
                    to[wide + 1] = s[wide + 1] > 1 ? 0 : at_share * weight * inverse;
                }
                if (background_gradient)
                    for (size_t c = 0; c < wide; c++) background_gradient[i * wide + c] = g[c] * (1 - share);
            }
        });
    });
}

// Pictures at several times and a last one, mixed by the shares of each pixel.
static void mix_forward(
    float *out, const float *frames, const float *last, const float *shares, size_t images, size_t times, size_t pixels,
    size_t channels) {
    with_known(channels, [=](auto known) {
        parallel(images * pixels, grain_of((times + 1) * (channels + 1)), [=](size_t first, size_t until) {
            const size_t wide = decltype(known)::value > 0 ? decltype(known)::value : channels;
            for (size_t i = first; i < until; i++) {
                const float *share = shares + i * (times + 1);
                const float *frame = frames + (i / pixels * times * pixels + i % pixels) * wide;
                for (size_t c = 0; c < wide; c++) {
                    float sum = share[times] * last[i * wide + c];
                    for (size_t t = 0; t < times; t++) sum += share[t] * frame[t * pixels * wide + c];
                    out[i * wide + c] = sum;
                }
            }
        });
    });
}

static void mix_backward(
    float *frames_gradient, float *last_gradient, float *shares_gradient, const float *upstream, const float *frames,
    const float *last, const float *shares, size_t images, size_t times, size_t pixels, size_t channels) {
    with_known(channels, [=](auto known) {
        parallel(images * pixels, grain_of(2 * (times + 1) * (channels + 1)), [=](size_t first, size_t until) {
            const size_t wide = decltype(known)::value > 0 ? decltype(known)::value : channels;
            for (size_t i = first; i < until; i++) {
                const float *g = upstream + i * wide, *share = shares + i * (times + 1);
                const size_t start = (i / pixels * times * pixels + i % pixels) * wide;
                for (size_t t = 0; t <= times; t++) {
                    const size_t at = start + t * pixels * wide;
                    const float *frame = t < times ? frames + at : last + i * wide;
                    float *gradient = t < times ? frames_gradient : last_gradient;
                    if (gradient) {
                        gradient += t < times ? at : i * wide;
                        for (size_t c = 0; c < wide; c++) gradient[c] = share[t] * g[c];
                    }
                    if (!shares_gradient) continue;
                    float sum = 0;
                    for (size_t c = 0; c < wide; c++) sum += g[c] * frame[c];
                    shares_gradient[i * (times + 1) + t] = sum;
                }
            }
        });
    });
}

// The median of each column, of an even count the lower middle one; NaN if there is one. Reorders `scratch`, as large as a column.
static void medians(float *out, const float *x, size_t outer, size_t count, size_t inner, float *scratch) {
    for (size_t column = 0; column < outer * inner; column++) {
        const float *from = x + column / inner * count * inner + column % inner;
        bool is_nan = false;
        for (size_t k = 0; k < count; k++) {
            scratch[k] = from[k * inner];
            is_nan = is_nan || scratch[k] != scratch[k];
        }
        const size_t middle = (count - 1) / 2;
        size_t low = 0, high = count - 1;
        // Hoare's selection: everything left of the middle is no greater, everything right of it no less.
        while (!is_nan && low < high) {
            const float pivot = scratch[low + (high - low) / 2];
            ptrdiff_t i = ptrdiff_t(low), j = ptrdiff_t(high);
            while (i <= j) {
                while (scratch[i] < pivot) i++;
                while (scratch[j] > pivot) j--;
                if (i > j) break;
                const float kept = scratch[i];
                scratch[i++] = scratch[j];
                scratch[j--] = kept;
            }
            if (ptrdiff_t(middle) <= j)
                high = size_t(j);
            else if (ptrdiff_t(middle) >= i)
                low = size_t(i);
            else
                break;
        }
        out[column] = is_nan ? __builtin_nanf("") : scratch[middle];
    }
}
