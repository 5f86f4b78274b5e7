// Copies between layouts. Nothing here computes; what matters is that memory is read and written in long runs.

AX_INLINE void copy_run(char *out, const char *x, size_t bytes) {
    // For a short run, a call of memcpy costs more than the copy itself.
    if (bytes >= 1024) {
        __builtin_memcpy(out, x, bytes);
        return;
    }
    constexpr size_t step = sizeof(vf);
    size_t i = 0;
    for (; i + step <= bytes; i += step) store((float *)(out + i), load((const float *)(x + i)));
    for (; i + 4 <= bytes; i += 4) __builtin_memcpy(out + i, x + i, 4);
    for (; i < bytes; i++) out[i] = x[i];
}

// Runs of a few elements, many of them along one axis: neither a call nor a vector pays for one.
template <size_t Run, class Element>
static void copy_short_runs(Element *out, const Element *x, size_t rows, size_t out_row, size_t x_row) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < Run; c++) out[r * out_row + c] = x[r * x_row + c];
}

template <class Element>
static void copy_short_runs(Element *out, const Element *x, size_t run, size_t rows, size_t out_row, size_t x_row) {
    switch (run) {
    case 1: return copy_short_runs<1>(out, x, rows, out_row, x_row);
    case 2: return copy_short_runs<2>(out, x, rows, out_row, x_row);
    case 3: return copy_short_runs<3>(out, x, rows, out_row, x_row);
    case 4: return copy_short_runs<4>(out, x, rows, out_row, x_row);
    case 5: return copy_short_runs<5>(out, x, rows, out_row, x_row);
    case 6: return copy_short_runs<6>(out, x, rows, out_row, x_row);
    case 7: return copy_short_runs<7>(out, x, rows, out_row, x_row);
    default: return copy_short_runs<8>(out, x, rows, out_row, x_row);
    }
}

// The last two axes, element by element, in tiles that stay in the nearest cache.
template <class Element>
static void copy_plane(
    Element *out, const Element *x, size_t rows, size_t columns, size_t out_row, size_t out_column, size_t x_row,
    size_t x_column) {
    constexpr size_t tile = 16;
    for (size_t r0 = 0; r0 < rows; r0 += tile)
        for (size_t c0 = 0; c0 < columns; c0 += tile) {
            const size_t r1 = r0 + tile < rows ? r0 + tile : rows, c1 = c0 + tile < columns ? c0 + tile : columns;
            for (size_t r = r0; r < r1; r++)
                for (size_t c = c0; c < c1; c++) out[r * out_row + c * out_column] = x[r * x_row + c * x_column];
        }
}

template <class Element>
static void copy_elements(
    void *out, const void *x, int rank, const size_t *sizes, const size_t *out_strides, const size_t *x_strides) {
    const size_t last_size = sizes[rank - 1], out_step = out_strides[rank - 1], x_step = x_strides[rank - 1];
    const bool runs = out_step == 1 && x_step == 1;
    // Axes that are visited index by index; below them is one run, or one plane of single elements.
    const bool short_runs = runs && rank > 1 && last_size <= 8;
    const int walked = (runs && !short_runs) || rank == 1 ? rank - 1 : rank - 2;
    const size_t rows = walked == rank - 2 ? sizes[rank - 2] : 1;
    size_t places = 1;
    for (int axis = 0; axis < walked; axis++) places *= sizes[axis];
    if (rows * last_size == 0) return;
    if (places == 1 && rows == 1 && runs) {
        parallel(last_size, 2 * floats_a_part, [=](size_t first, size_t last) {
            __builtin_memcpy((Element *)out + first, (const Element *)x + first, (last - first) * sizeof(Element));
        });
        return;
    }
    parallel(places, grain_of(rows * last_size), [=](size_t first, size_t last) {
        size_t place[8] = {}, out_at = 0, x_at = 0, rest = first;
        for (int axis = walked - 1; axis >= 0; axis--) {
            place[axis] = rest % sizes[axis];
            rest /= sizes[axis];
            out_at += place[axis] * out_strides[axis];
            x_at += place[axis] * x_strides[axis];
        }
        for (size_t i = first; i < last; i++) {
            if (short_runs)
                copy_short_runs(
                    (Element *)out + out_at, (const Element *)x + x_at, last_size, rows, out_strides[rank - 2],
                    x_strides[rank - 2]);
            else if (runs)
                copy_run(
                    (char *)((Element *)out + out_at), (const char *)((const Element *)x + x_at),
                    last_size * sizeof(Element));
            else
                copy_plane(
                    (Element *)out + out_at, (const Element *)x + x_at, rows, last_size,
                    rank > 1 ? out_strides[rank - 2] : 0, out_step, rank > 1 ? x_strides[rank - 2] : 0, x_step);
            for (int axis = walked - 1; axis >= 0; axis--) {
                out_at += out_strides[axis];
                x_at += x_strides[axis];
                if (++place[axis] < sizes[axis]) break;
                place[axis] = 0;
                out_at -= sizes[axis] * out_strides[axis];
                x_at -= sizes[axis] * x_strides[axis];
            }
        }
    });
}

static void copy_strided(
    void *out, const void *x, size_t element_bytes, int rank, const size_t *sizes, const size_t *out_strides,
    const size_t *x_strides) {
    switch (element_bytes) {
    case 1: return copy_elements<uint8_t>(out, x, rank, sizes, out_strides, x_strides);
    case 2: return copy_elements<uint16_t>(out, x, rank, sizes, out_strides, x_strides);
    default: return copy_elements<uint32_t>(out, x, rank, sizes, out_strides, x_strides);
    }
}

static void gather_runs(void *out, const void *x, const int64_t *places, size_t count, size_t run_bytes) {
    parallel(count, grain_of(run_bytes / 4), [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++)
            copy_run((char *)out + i * run_bytes, (const char *)x + size_t(places[i]) * run_bytes, run_bytes);
    });
}

// Every thread adds its own columns of all runs, so that repeated places cause no race and the order is fixed.
static void scatter_add_runs(
    float *out, const float *x, const int64_t *places, size_t count, size_t run, size_t out_count) {
    const size_t rows = count + out_count;
    parallel(run, rows > 128 ? 64 : floats_a_part / (rows + 1), [=](size_t first, size_t last) {
        for (size_t i = 0; i < out_count; i++) __builtin_memset(out + i * run + first, 0, (last - first) * 4);
        for (size_t i = 0; i < count; i++) {
            float *sum = out + size_t(places[i]) * run;
            const float *addend = x + i * run;
            size_t c = first;
            for (; c + width <= last; c += width) store(sum + c, load(sum + c) + load(addend + c));
            for (; c < last; c++) sum[c] += addend[c];
        }
    });
}
