// Sums and maxima: pieces in float32 vectors, combined in Double, in order.

struct Sum {
    static constexpr float start = 0;
    AX_INLINE_MEMBER vf operator()(vf a, vf b) const { return a + b; }
    AX_INLINE_MEMBER double operator()(double a, double b) const { return a + b; }
};
struct Maximum {
    static constexpr float start = -__builtin_inff();
    // NaN wins: it must not be hidden.
    AX_INLINE_MEMBER vf operator()(vf a, vf b) const { return select(a == a, select((b > a) | (b != b), b, a), a); }
    AX_INLINE_MEMBER double operator()(double a, double b) const { return a != a ? a : (b > a || b != b) ? b : a; }
};

// One number from a contiguous piece.
template <class Join>
AX_INLINE float reduce_row(const float *x, size_t count, const Join &join) {
    vf sums[4] = {splat(Join::start), splat(Join::start), splat(Join::start), splat(Join::start)};
    size_t i = 0;
    if (count >= width) {
        for (; i + 4 * width <= count; i += 4 * width)
            for (size_t k = 0; k < 4; k++) sums[k] = join(sums[k], load(x + i + k * width));
        for (; i + width <= count; i += width) sums[0] = join(sums[0], load(x + i));
    }
    const vf all = join(join(sums[0], sums[1]), join(sums[2], sums[3]));
    double result = Join::start;
    if (count >= width)
        for (size_t k = 0; k < width; k++) result = join(result, double(all[k]));
    for (; i < count; i++) result = join(result, double(x[i]));
    return float(result);
}

template <size_t vectors, class Join>
AX_INLINE void reduce_column_block(float *out, const float *x, size_t rows, size_t stride, const Join &join) {
    vf sums[vectors];
    for (size_t k = 0; k < vectors; k++) sums[k] = splat(Join::start);
    for (size_t row = 0; row < rows; row++)
        for (size_t k = 0; k < vectors; k++) sums[k] = join(sums[k], load(x + row * stride + k * width));
    for (size_t k = 0; k < vectors; k++) store(out + k * width, sums[k]);
}

// The columns of a piece of rows.
template <class Join>
AX_INLINE void reduce_columns(float *out, const float *x, size_t rows, size_t inner, const Join &join) {
    size_t c = 0;
    for (; c + 4 * width <= inner; c += 4 * width) reduce_column_block<4>(out + c, x + c, rows, inner, join);
    for (; c + width <= inner; c += width) reduce_column_block<1>(out + c, x + c, rows, inner, join);
    if (c < inner && inner >= width) {
        // The last vector overlaps the one before it and stores the same sums again.
        c = inner - width;
        reduce_column_block<1>(out + c, x + c, rows, inner, join);
        return;
    }
    for (; c < inner; c++) {
        double sum = Join::start;
        for (size_t row = 0; row < rows; row++) sum = join(sum, double(x[row * inner + c]));
        out[c] = float(sum);
    }
}

template <class Join>
static void reduce_with(
    float *out, const float *x, size_t outer, size_t reduced, size_t inner, float scale, float *scratch,
    const Join &join) {
    const size_t pieces = piece_count(reduced, inner), rows = rows_a_piece(inner);
    float *const partial = pieces > 1 ? scratch : out;
    const size_t units = outer * (pieces > 0 ? pieces : 1);
    parallel(units, grain_of((reduced < rows ? reduced : rows) * inner), [=](size_t first, size_t last) {
        for (size_t unit = first; unit < last; unit++) {
            const size_t o = pieces > 1 ? unit / pieces : unit, piece = pieces > 1 ? unit % pieces : 0;
            const size_t from = piece * rows, to = from + rows < reduced ? from + rows : reduced;
            const float *start = x + (o * reduced + from) * inner;
            if (inner == 1)
                partial[unit] = reduce_row(start, to - from, join);
            else
                reduce_columns(partial + unit * inner, start, to - from, inner, join);
        }
    });
    if (pieces > 1)
        for (size_t o = 0; o < outer; o++)
            for (size_t i = 0; i < inner; i++) {
                double sum = Join::start;
                for (size_t piece = 0; piece < pieces; piece++)
                    sum = join(sum, double(partial[(o * pieces + piece) * inner + i]));
                out[o * inner + i] = float(sum * double(scale));
            }
    else if (scale != 1)
        for (size_t i = 0; i < outer * inner; i++) out[i] *= scale;
}

static void reduce(
    ax_reduction reduction, float *out, const float *x, size_t outer, size_t reduced, size_t inner, float scale,
    float *scratch) {
    if (reduction == ax_sum)
        reduce_with(out, x, outer, reduced, inner, scale, scratch, Sum());
    else
        reduce_with(out, x, outer, reduced, inner, 1, scratch, Maximum());
}

static double sum_of_squares(const float *x, size_t count, float *scratch) {
    const size_t pieces = piece_count(count, 1);
    parallel(pieces, 1, [=](size_t first, size_t last) {
        for (size_t piece = first; piece < last; piece++) {
            const float *start = x + piece * floats_a_piece;
            const size_t rest = count - piece * floats_a_piece, n = rest < floats_a_piece ? rest : floats_a_piece;
            vf sums[4] = {};
            size_t i = 0;
            for (; i + 4 * width <= n; i += 4 * width)
                for (size_t k = 0; k < 4; k++) {
                    const vf v = load(start + i + k * width);
                    sums[k] = sums[k] + v * v;
                }
            float rest_sum = 0;
            for (; i < n; i++) rest_sum += start[i] * start[i];
            scratch[piece] = horizontal_sum((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest_sum;
        }
    });
    double sum = 0;
    for (size_t piece = 0; piece < pieces; piece++) sum += double(scratch[piece]);
    return sum;
}

static int all_finite(const float *x, size_t count) {
    int bad[maximum_parts] = {};
    const size_t share = (count + maximum_parts - 1) / maximum_parts;
    parallel(maximum_parts, grain_of(share), [=, &bad](size_t first, size_t last) {
        for (size_t part = first; part < last; part++) {
            const size_t from = part * share < count ? part * share : count;
            const size_t to = from + share < count ? from + share : count;
            // 0 · x is NaN for an infinite x and for NaN, and stays NaN in a sum.
            vf sum = {};
            size_t i = from;
            for (; i + width <= to; i += width) sum = sum + load(x + i) * 0.0f;
            float rest = horizontal_sum(sum);
            for (; i < to; i++) rest += x[i] * 0.0f;
            bad[part] = rest != 0.0f;
        }
    });
    for (int part : bad)
        if (part) return 0;
    return 1;
}

static void matrix_vector(float *out, const float *matrix, const float *vector, size_t rows, size_t columns) {
    parallel(rows, grain_of(columns), [=](size_t first, size_t last) {
        for (size_t row = first; row < last; row++) {
            const float *line = matrix + row * columns;
            vf sums[4] = {};
            size_t c = 0;
            for (; c + 4 * width <= columns; c += 4 * width)
                for (size_t k = 0; k < 4; k++)
                    sums[k] = sums[k] + load(line + c + k * width) * load(vector + c + k * width);
            for (; c + width <= columns; c += width) sums[0] = sums[0] + load(line + c) * load(vector + c);
            float sum = horizontal_sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
            for (; c < columns; c++) sum += line[c] * vector[c];
            out[row] = sum;
        }
    });
}

static void vector_matrix(
    float *out, const float *vector, const float *matrix, size_t rows, size_t columns, float *scratch) {
    const size_t pieces = piece_count(rows, columns), each = rows_a_piece(columns);
    parallel(pieces, 1, [=](size_t first, size_t last) {
        for (size_t piece = first; piece < last; piece++) {
            const size_t from = piece * each, to = from + each < rows ? from + each : rows;
            float *sums = scratch + piece * columns;
            for (size_t c = 0; c < columns; c++) sums[c] = 0;
            for (size_t row = from; row < to; row++) {
                const float *line = matrix + row * columns;
                const float factor = vector[row];
                size_t c = 0;
                for (; c + width <= columns; c += width) store(sums + c, load(sums + c) + load(line + c) * factor);
                for (; c < columns; c++) sums[c] += line[c] * factor;
            }
        }
    });
    for (size_t c = 0; c < columns; c++) {
        double sum = 0;
        for (size_t piece = 0; piece < pieces; piece++) sum += double(scratch[piece * columns + c]);
        out[c] = float(sum);
    }
}
