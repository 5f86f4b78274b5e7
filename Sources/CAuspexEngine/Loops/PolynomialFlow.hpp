// Optical flow by polynomial expansion. A picture, or a pair, belongs to one part, and each part has its own scratch memory; vectors run along rows.

AX_INLINE size_t repeated_place(ptrdiff_t place, size_t count) {
    return place < 0 ? 0 : size_t(place) < count ? size_t(place) : count - 1;
}

AX_INLINE size_t mirrored_place(ptrdiff_t place, size_t count) {
    if (count == 1) return 0;
    const size_t period = 2 * (count - 1), folded = size_t(place < 0 ? -place : place) % period;
    return folded < count ? folded : period - folded;
}

// body(part, first, last) for the items of each part.
template <class Body>
static void for_parts(size_t items, size_t parts, const Body &body) {
    parallel(parts, 1, [&](size_t first, size_t last) {
        for (size_t part = first; part < last; part++) body(part, items * part / parts, items * (part + 1) / parts);
    });
}

// The separable blur that removes what a level's grid could not represent, mirrored at the edges.
static void blur(
    float *out, float *between, float *line, const float *picture, size_t height, size_t row, const float *taps,
    size_t count) {
    const ptrdiff_t reach = ptrdiff_t(count / 2);
    for (size_t y = 0; y < height; y++) {
        float *to = between + y * row;
        for (size_t x = 0; x < row; x++) to[x] = 0;
        for (size_t k = 0; k < count; k++) {
            const float *from = picture + mirrored_place(ptrdiff_t(y + k) - reach, height) * row;
            const float tap = taps[k];
            for (size_t x = 0; x < row; x++) to[x] += tap * from[x];
        }
    }
    for (size_t y = 0; y < height; y++) {
        const float *from = between + y * row;
        // A row with its surroundings, so that the inner loop needs no border checks.
        for (size_t x = 0; x < row + count - 1; x++) line[x] = from[mirrored_place(ptrdiff_t(x) - reach, row)];
        float *to = out + y * row;
        for (size_t x = 0; x < row; x++) to[x] = 0;
        for (size_t k = 0; k < count; k++) {
            const float tap = taps[k], *shifted = line + k;
            for (size_t x = 0; x < row; x++) to[x] += tap * shifted[x];
        }
    }
}

// The position of index `i` of a resized side: between two pixels of the original side.
struct Between {
    size_t first, second;
    float share;

    AX_INLINE_MEMBER Between(size_t i, size_t count, size_t size) {
        const double place = (double(i) + 0.5) * double(size) / double(count) - 0.5;
        const double whole = __builtin_floor(place);
        first = repeated_place(ptrdiff_t(whole), size);
        second = repeated_place(ptrdiff_t(whole) + 1, size);
        share = float(place - whole);
    }
};

// Bilinear, the edge repeated; `stride` floats from one number to the next.
static void resized(
    float *out, size_t height, size_t row, const float *x, size_t old_height, size_t old_row, size_t stride,
    float factor) {
    for (size_t y = 0; y < height; y++) {
        const Between rows(y, height, old_height);
        const float *above = x + rows.first * old_row * stride, *below = x + rows.second * old_row * stride;
        for (size_t c = 0; c < row; c++) {
            const Between columns(c, row, old_row);
            const size_t left = columns.first * stride, right = columns.second * stride;
            const float high = above[left] + (above[right] - above[left]) * columns.share;
            const float low = below[left] + (below[right] - below[left]) * columns.share;
            out[y * row + c] = (high + (low - high) * rows.share) * factor;
        }
    }
}

// `lines` is room for three rows with their surroundings.
static void expand_picture(
    float *out, float *lines, const float *picture, size_t height, size_t row, const ax_expansion &fit) {
    const size_t taps = 2 * fit.reach + 1, padded = row + taps - 1 + width;
    for (size_t y = 0; y < height; y++) {
        const float *sources[2 * AX_MAXIMUM_EXPANSION_REACH + 1];
        for (size_t k = 0; k < taps; k++)
            sources[k] = picture + repeated_place(ptrdiff_t(y + k) - ptrdiff_t(fit.reach), height) * row;
        for (size_t x = 0; x < row; x += width) {
            const size_t n = row - x < width ? row - x : width;
            vf sums[3] = {};
            for (size_t k = 0; k < taps; k++) {
                const vf value = load_lanes(sources[k] + x, n);
                for (size_t i = 0; i < 3; i++) sums[i] = sums[i] + value * fit.weights[i * taps + k];
            }
            for (size_t i = 0; i < 3; i++) store(lines + i * padded + fit.reach + x, sums[i]);
        }
        for (size_t i = 0; i < 3; i++) {
            float *line = lines + i * padded;
            const float first = line[fit.reach], last = line[fit.reach + row - 1];
            for (size_t k = 0; k < fit.reach; k++) line[k] = first;
            for (size_t k = fit.reach + row; k < padded; k++) line[k] = last;
        }
        for (size_t x = 0; x < row; x += width) {
            const size_t n = row - x < width ? row - x : width;
            // Moments, of x first and then of y.
            vf m00 = {}, m10 = {}, m20 = {}, m01 = {}, m11 = {}, m02 = {};
            for (size_t k = 0; k < taps; k++) {
                const float w0 = fit.weights[k], w1 = fit.weights[taps + k], w2 = fit.weights[2 * taps + k];
                const vf d0 = load(lines + x + k), d1 = load(lines + padded + x + k);
                m00 = m00 + d0 * w0;
                m10 = m10 + d0 * w1;
                m20 = m20 + d0 * w2;
                m01 = m01 + d1 * w0;
                m11 = m11 + d1 * w1;
                m02 = m02 + load(lines + 2 * padded + x + k) * w0;
            }
            const vf axx = (m20 - m00 * fit.square) * fit.curvature, ayy = (m02 - m00 * fit.square) * fit.curvature;
            const vf axy = m11 * fit.twist, bx = m10 * fit.slope, by = m01 * fit.slope;
            float *to = out + (y * row + x) * AX_EXPANSION_STRIDE;
            for (size_t i = 0; i < n; i++, to += AX_EXPANSION_STRIDE) {
                to[0] = axx[i];
                to[1] = ayy[i];
                to[2] = axy[i] / 2;
                to[3] = bx[i] / 2;
                to[4] = by[i] / 2;
                to[5] = to[6] = to[7] = 0;
            }
        }
    }
}

static void polynomial_expansion(
    float *out, const float *pictures, size_t images, size_t height, size_t row, size_t level_height, size_t level_row,
    const float *blur_taps, size_t blur_count, const ax_expansion *fit, size_t parts, float *scratch) {
    const size_t pixels = height * row, level_pixels = level_height * level_row;
    const size_t each = ax_polynomial_expansion_scratch(height, row, level_height, level_row, blur_count, fit->reach);
    for_parts(images, parts, [=](size_t part, size_t first, size_t last) {
        float *blurred = scratch + part * each, *between = blurred + pixels, *small = between + pixels;
        float *lines = small + level_pixels;
        for (size_t n = first; n < last; n++) {
            blur(blurred, between, lines, pictures + n * pixels, height, row, blur_taps, blur_count);
            const bool same = level_height == height && level_row == row;
            if (!same) resized(small, level_height, level_row, blurred, height, row, 1, 1);
            expand_picture(
                out + n * level_pixels * AX_EXPANSION_STRIDE, lines, same ? blurred : small, level_height, level_row,
                *fit);
        }
    });
}

// A pixel's polynomial, all its coefficients in one vector.
typedef float coefficients __attribute__((vector_size(AX_EXPANSION_STRIDE * 4)));

// (1 − share) of one pixel's and `share` of the next one's. By reference: a vector wider than the instruction set's is not returned in a register.
AX_INLINE void mixed(coefficients &out, const float *p, float share) {
    coefficients here, next;
    __builtin_memcpy(&here, p, sizeof here);
    __builtin_memcpy(&next, p + AX_EXPANSION_STRIDE, sizeof next);
    out = here * (1 - share) + next * share;
}

// The trust in the first pixels from the border, from the outermost in.
AX_INLINE float border_trust(size_t place, size_t count) {
    const float trust[5] = {0.14f, 0.14f, 0.4472f, 0.4472f, 0.4472f};
    const size_t after = count - 1 - place;
    return (place < 5 ? trust[place] : 1) * (after < 5 ? trust[after] : 1);
}

// The planes and lines that a pair needs while its displacement is refined.
struct FlowRoom {
    size_t height, row, padded;
    float *x, *y;     // the displacement
    float *sums[5];   // AᵀA (xx, xy, yy) and AᵀΔb (x, y), a plane each
    float *lines[5];  // a row of each with its surroundings
    float *trust;     // of columns

    AX_INLINE_MEMBER FlowRoom(float *room, size_t height, size_t row, size_t window)
        : height(height), row(row), padded(row + window - 1 + width) {
        const size_t pixels = height * row;
        x = room;
        y = room + pixels;
        for (size_t i = 0; i < 5; i++) {
            sums[i] = room + (2 + i) * pixels;
            lines[i] = room + 7 * pixels + i * padded;
        }
        trust = lines[4] + padded;
        for (size_t c = 0; c < row; c++) trust[c] = border_trust(c, row);
    }
};

// Each pixel's own part of the window's equations, at the place where its last estimate points.
static void flow_equations(const FlowRoom &room, const float *first, const float *second, bool leaves_out_last) {
    const size_t height = room.height, row = room.row;
    const float right = float(row) - 1, bottom = float(height) - 1;
    // The mean of both A (A_xy is stored halved) and half of the difference of both b (which are stored halved).
    const coefficients own_share = {0.5f, 0.5f, 0.5f, 1, 1}, other_share = {0.5f, 0.5f, 0.5f, -1, -1};
    for (size_t y = 0; y < height; y++) {
        const float *dx = room.x + y * row, *dy = room.y + y * row;
        for (size_t x = 0; x < row; x++) {
            const float px = float(x) + dx[x], py = float(y) + dy[x];
            coefficients c;
            __builtin_memcpy(&c, first + (y * row + x) * AX_EXPANSION_STRIDE, sizeof c);
            // If the estimate leaves the picture (or is NaN), the first picture's A is used for both, and the second's b is ignored.
            const bool inside = px >= 0 && py >= 0 && px <= right && py <= bottom && row > 1 && height > 1
                && (!leaves_out_last || (px < right && py < bottom));
            if (inside) {
                const size_t left = size_t(px) < row - 2 ? size_t(px) : row - 2;
                const size_t top = size_t(py) < height - 2 ? size_t(py) : height - 2;
                const float a = px - float(left), b = py - float(top);
                const float *p = second + (top * row + left) * AX_EXPANSION_STRIDE;
                coefficients above, below;
                mixed(above, p, a);
                mixed(below, p + row * AX_EXPANSION_STRIDE, a);
                c = c * own_share + (above * (1 - b) + below * b) * other_share;
            }
            for (size_t i = 0; i < 5; i++) room.lines[i][x] = c[i];
        }
        const float row_trust = border_trust(y, height);
        for (size_t x = 0; x < row; x += width) {
            const size_t n = row - x < width ? row - x : width;
            const vf trust = load_lanes(room.trust + x, n) * row_trust;
            const vf u = load_lanes(dx + x, n), v = load_lanes(dy + x, n);
            const vf axx = load(room.lines[0] + x) * trust, ayy = load(room.lines[1] + x) * trust;
            const vf axy = load(room.lines[2] + x) * trust;
            // A d + Δb: the part that the estimate explains plus the remainder.
            const vf bx = load(room.lines[3] + x) * trust + axx * u + axy * v;
            const vf by = load(room.lines[4] + x) * trust + axy * u + ayy * v;
            const vf parts[5] = {
                axx * axx + axy * axy, (axx + ayy) * axy, ayy * ayy + axy * axy, axx * bx + axy * by,
                axy * bx + ayy * by};
            for (size_t i = 0; i < 5; i++) store_lanes(room.sums[i] + y * row + x, parts[i], n);
        }
    }
}

// The displacement that solves each window's equations: `(Σ AᵀA) d = Σ AᵀΔb`.
static void solve_windows(const FlowRoom &room, size_t window) {
    const size_t height = room.height, row = room.row, reach = window / 2;
    const float share = 1 / (float(window) * float(window));
    for (size_t y = 0; y < height; y++) {
        for (size_t i = 0; i < 5; i++) {
            float *line = room.lines[i];
            for (size_t x = 0; x < row; x += width) {
                const size_t n = row - x < width ? row - x : width;
                vf sum = {};
                for (size_t k = 0; k < window; k++) {
                    const size_t from = repeated_place(ptrdiff_t(y + k) - ptrdiff_t(reach), height);
                    sum = sum + load_lanes(room.sums[i] + from * row + x, n);
                }
                store(line + reach + x, sum);
            }
            const float first = line[reach], last = line[reach + row - 1];
            for (size_t k = 0; k < reach; k++) line[k] = first;
            for (size_t k = reach + row; k < room.padded; k++) line[k] = last;
        }
        for (size_t x = 0; x < row; x += width) {
            const size_t n = row - x < width ? row - x : width;
            vf sums[5];
            for (size_t i = 0; i < 5; i++) {
                vf sum = {};
                for (size_t k = 0; k < window; k++) sum = sum + load(room.lines[i] + x + k);
                sums[i] = sum * share;
            }
            // If no motion can be detected, the constant makes the displacement zero.
            const vf inverse = 1.0f / (sums[0] * sums[2] - sums[1] * sums[1] + 1e-3f);
            store_lanes(room.x + y * row + x, (sums[2] * sums[3] - sums[1] * sums[4]) * inverse, n);
            store_lanes(room.y + y * row + x, (sums[0] * sums[4] - sums[1] * sums[3]) * inverse, n);
        }
    }
}

static void polynomial_flow(
    float *flow, const float *coarser, size_t coarse_height, size_t coarse_row, float factor, const float *expansions,
    const int64_t *pairs, size_t count, size_t height, size_t row, size_t window, size_t iterations,
    int leaves_out_last, size_t parts, float *scratch) {
    const size_t pixels = height * row, each = ax_polynomial_flow_scratch(height, row, window);
    for_parts(count, parts, [=](size_t part, size_t begin, size_t end) {
        const FlowRoom room(scratch + part * each, height, row, window);
        for (size_t n = begin; n < end; n++) {
            for (int axis = 0; axis < 2; axis++) {
                float *to = axis == 0 ? room.y : room.x;
                if (coarser)
                    resized(
                        to, height, row, coarser + n * coarse_height * coarse_row * 2 + axis, coarse_height, coarse_row,
                        2, factor);
                else
                    __builtin_memset(to, 0, pixels * sizeof(float));
            }
            const float *first = expansions + size_t(pairs[2 * n]) * pixels * AX_EXPANSION_STRIDE;
            const float *second = expansions + size_t(pairs[2 * n + 1]) * pixels * AX_EXPANSION_STRIDE;
            for (size_t k = 0; k < iterations; k++) {
                flow_equations(room, first, second, leaves_out_last != 0);
                solve_windows(room, window);
            }
            for (size_t i = 0; i < pixels; i++) {
                flow[(n * pixels + i) * 2] = room.y[i];
                flow[(n * pixels + i) * 2 + 1] = room.x[i];
            }
        }
    });
}
