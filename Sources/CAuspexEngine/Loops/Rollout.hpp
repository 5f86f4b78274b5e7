// Follows pixels by one rule for all times: a small network of three layers per pixel and time, whose hidden numbers never leave the
// nearest caches. Pixels are side by side in vectors, two vectors per block; the backward pass runs a block forward again and keeps its hidden numbers.

constexpr size_t lanes = 2 * width;
constexpr size_t rollout_outputs = 6;
constexpr float displacement_scale = 0.125f;

// out[j] = (start[j] or bias[j]) + Σₖ w[k · w_in + j · w_out] · x[k], rows of `lanes` numbers, then ReLU if requested.
struct LaneProducts {
    const float *start, *bias, *x, *w;
    size_t inputs, w_in, w_out;
    bool relu;

    template <size_t Outputs>
    AX_INLINE_MEMBER void run(float *out, size_t first) const {
        vf sum[Outputs][2];
        for (size_t j = 0; j < Outputs; j++)
            for (size_t half = 0; half < 2; half++)
                sum[j][half] = start ? load(start + (first + j) * lanes + half * width)
                    : bias           ? splat(bias[first + j])
                                     : vf{};
        const float *weight = w + first * w_out;
        for (size_t k = 0; k < inputs; k++, weight += w_in) {
            const vf a = load(x + k * lanes), b = load(x + k * lanes + width);
            for (size_t j = 0; j < Outputs; j++) {
                const float c = weight[j * w_out];
                sum[j][0] = sum[j][0] + a * c;
                sum[j][1] = sum[j][1] + b * c;
            }
        }
        for (size_t j = 0; j < Outputs; j++)
            for (size_t half = 0; half < 2; half++) {
                const vf y = sum[j][half];
                store(out + (first + j) * lanes + half * width, relu ? select(y < 0.0f, vf{}, y) : y);
            }
    }

    void operator()(float *out, size_t outputs) const {
        // As many sums as fit in registers.
        constexpr size_t most = AX_WIDTH == 16 ? 8 : 4;
        size_t j = 0;
        for (; j + most <= outputs; j += most) run<most>(out, j);
        for (; j + 4 <= outputs; j += 4) run<4>(out, j);
        for (; j + 2 <= outputs; j += 2) run<2>(out, j);
        for (; j < outputs; j++) run<1>(out, j);
    }
};

// The rows of one block at one time, and their total size.
struct RolloutRows {
    float *state, *first, *second, *turn;  // 4, first, second and 2 rows

    static size_t count(const ax_rollout &r) { return (6 + r.first + r.second) * lanes; }
    RolloutRows(float *memory, const ax_rollout &r)
        : state(memory), first(memory + 4 * lanes), second(first + r.first * lanes), turn(second + r.second * lanes) {}
};

// The offset of pixel p of all images in [images, times, pixels, 2] at time t.
AX_INLINE size_t way_place(const ax_rollout &r, size_t p, size_t t) {
    return ((p / r.pixels * r.times + t) * r.pixels + p % r.pixels) * 2;
}

// rows[c][lane] = pixels[lane][c]; zeros past the last pixel.
static void gather_rows(float *rows, const float *pixels, size_t channels, size_t count) {
    for (size_t lane = 0; lane < lanes; lane++)
        for (size_t c = 0; c < channels; c++) rows[c * lanes + lane] = lane < count ? pixels[lane * channels + c] : 0;
}

static void scatter_rows(float *pixels, const float *rows, size_t channels, size_t count) {
    for (size_t lane = 0; lane < count; lane++)
        for (size_t c = 0; c < channels; c++) pixels[lane * channels + c] = rows[c * lanes + lane];
}

// One block: `motion` holds displacement and velocity, 4 rows, `known` the pixels' features, and `rows(t)` is where the hidden numbers go.
template <class Rows>
static void roll_block(
    const ax_rollout &r, float *motion, const float *known, const Rows &rows, float *way, float *turns, size_t p,
    size_t count) {
    float change[rollout_outputs * lanes];
    for (size_t t = 0; t < r.times; t++) {
        const RolloutRows at = rows(t);
        for (size_t i = 0; i < 4 * lanes; i++) at.state[i] = motion[i] * (i < 2 * lanes ? displacement_scale : 1.0f);
        LaneProducts{known, nullptr, at.state, r.motion, 4, r.first, 1, true}(at.first, r.first);
        LaneProducts{nullptr, r.hidden_bias, at.first, r.hidden, r.first, r.second, 1, true}(at.second, r.second);
        LaneProducts{nullptr, r.output_bias, at.second, r.output, r.second, rollout_outputs, 1, false}(
            change, rollout_outputs);
        for (size_t i = 0; i < 2 * lanes; i += width) {
            const vf turn = sigmoid_of(load(change + i));
            const vf velocity = load(motion + 2 * lanes + i) * (1.0f - 2.0f * turn) + load(change + 2 * lanes + i);
            store(at.turn + i, turn);
            store(motion + 2 * lanes + i, velocity);
            store(motion + i, load(motion + i) + velocity + load(change + 4 * lanes + i));
        }
        if (!way) continue;
        for (size_t lane = 0; lane < count; lane++) {
            const size_t place = way_place(r, p + lane, t);
            for (size_t axis = 0; axis < 2; axis++) {
                way[place + axis] = motion[axis * lanes + lane];
                turns[place + axis] = at.turn[axis * lanes + lane];
            }
        }
    }
}

// The initial state of a block: no displacement, and the first velocity.
AX_INLINE void begin_block(const ax_rollout &r, float *motion, float *known, size_t p, size_t count) {
    __builtin_memset(motion, 0, 2 * lanes * sizeof(float));
    gather_rows(motion + 2 * lanes, r.velocity + p * 2, 2, count);
    gather_rows(known, r.known + p * r.first, r.first, count);
}

// A thread's share of work that is divided by size alone.
template <class Body>
static void for_each_thread(size_t pieces, const Body &body) {
    const size_t threads = size_t(team_size());
    parallel(threads, 1, [&](size_t first, size_t last) {
        for (size_t me = first; me < last; me++) body(me, pieces * me / threads, pieces * (me + 1) / threads);
    });
}

static void rollout_forward(float *way, float *turns, const ax_rollout *rule, float *scratch) {
    const ax_rollout r = *rule;
    const size_t all = r.images * r.pixels, blocks = (all + lanes - 1) / lanes;
    const size_t memory = (4 + r.first) * lanes + RolloutRows::count(r);
    for_each_thread(blocks, [=](size_t me, size_t first, size_t last) {
        float *motion = scratch + me * memory, *known = motion + 4 * lanes;
        for (size_t b = first; b < last; b++) {
            const size_t p = b * lanes, count = all - p < lanes ? all - p : lanes;
            begin_block(r, motion, known, p, count);
            float *rows = known + r.first * lanes;
            roll_block(r, motion, known, [=](size_t) { return RolloutRows(rows, r); }, way, turns, p, count);
        }
    });
}

// Σ over lanes of a[f][lane] · b[lane][s], added to sums[f][s]; b and sums have rows of `stride`, whole vectors.
template <size_t Rows, size_t Vectors>
AX_INLINE void add_outer(float *sums, const float *a, const float *b, size_t stride) {
    vf sum[Rows][Vectors];
    for (size_t i = 0; i < Rows; i++)
        for (size_t v = 0; v < Vectors; v++) sum[i][v] = load(sums + i * stride + v * width);
    for (size_t lane = 0; lane < lanes; lane++) {
        vf right[Vectors];
        for (size_t v = 0; v < Vectors; v++) right[v] = load(b + lane * stride + v * width);
        for (size_t i = 0; i < Rows; i++) {
            const float left = a[i * lanes + lane];
            for (size_t v = 0; v < Vectors; v++) sum[i][v] = sum[i][v] + right[v] * left;
        }
    }
    for (size_t i = 0; i < Rows; i++)
        for (size_t v = 0; v < Vectors; v++) store(sums + i * stride + v * width, sum[i][v]);
}

template <size_t Vectors>
static void add_outer_rows(float *sums, const float *a, const float *b, size_t rows, size_t stride) {
    size_t i = 0;
    for (; i + 6 <= rows; i += 6) add_outer<6, Vectors>(sums + i * stride, a + i * lanes, b, stride);
    for (; i < rows; i++) add_outer<1, Vectors>(sums + i * stride, a + i * lanes, b, stride);
}

static void add_outer_products(float *sums, const float *a, const float *b, size_t rows, size_t stride) {
    size_t s = 0;
    for (; s + 2 * width <= stride; s += 2 * width) add_outer_rows<2>(sums + s, a, b + s, rows, stride);
    for (; s < stride; s += width) add_outer_rows<1>(sums + s, a, b + s, rows, stride);
}

AX_INLINE vf lane_sum_of(const float *a, const float *b) {
    return load(a) * load(b) + load(a + width) * load(b + width);
}

// The memory of one thread in the backward pass.
struct RolloutMemory {
    float *motion, *known, *known_gradient, *first, *second, *turned, *way;
    // Sums with a vector each: of the motion's weights, the output's, and both biases.
    float *motion_sums, *output_sums, *hidden_bias_sums, *output_bias_sums;
    static size_t stride(const ax_rollout &r) { return (r.second + width - 1) / width * width; }
    static size_t sums(const ax_rollout &r) {
        return (4 * r.first + (rollout_outputs + 1) * r.second + rollout_outputs) * width;
    }
    static size_t count(const ax_rollout &r) {
        return (4 + 3 * r.first + r.second + stride(r)) * lanes + sums(r) + r.times * RolloutRows::count(r);
    }
    RolloutMemory(float *memory, const ax_rollout &r) : motion(memory) {
        known = motion + 4 * lanes;
        known_gradient = known + r.first * lanes;
        first = known_gradient + r.first * lanes;
        second = first + r.first * lanes;
        turned = second + r.second * lanes;
        motion_sums = turned + stride(r) * lanes;
        output_sums = motion_sums + 4 * r.first * width;
        hidden_bias_sums = output_sums + rollout_outputs * r.second * width;
        output_bias_sums = hidden_bias_sums + r.second * width;
        way = output_bias_sums + rollout_outputs * width;
    }
};

// One step backward: `carried` holds the gradients of displacement and velocity after the step, which are replaced by those before it.
static void unroll_step(
    const ax_rollout &r, const RolloutMemory &m, const RolloutRows &at, float *hidden_sums, float *carried) {
    float change[rollout_outputs * lanes], state[4 * lanes];
    for (size_t i = 0; i < 2 * lanes; i += width) {
        const vf displaced = load(carried + i), velocity = load(carried + 2 * lanes + i) + displaced;
        const vf turn = load(at.turn + i);
        store(change + i, -2.0f * load(at.state + 2 * lanes + i) * velocity * turn * (1.0f - turn));
        store(change + 2 * lanes + i, velocity);
        store(change + 4 * lanes + i, displaced);
        store(carried + 2 * lanes + i, velocity * (1.0f - 2.0f * turn));
    }
    LaneProducts{nullptr, nullptr, change, r.output, rollout_outputs, 1, rollout_outputs, false}(m.second, r.second);
    const size_t stride = RolloutMemory::stride(r);
    for (size_t s = 0; s < r.second; s++) {
        float *gradient = m.second + s * lanes;
        const float *value = at.second + s * lanes;
        for (size_t j = 0; j < rollout_outputs; j++) {
            float *sum = m.output_sums + (s * rollout_outputs + j) * width;
            store(sum, load(sum) + lane_sum_of(value, change + j * lanes));
        }
        for (size_t i = 0; i < lanes; i += width)
            store(gradient + i, (vf)((vi)load(gradient + i) & (load(value + i) > 0.0f)));
        float *sum = m.hidden_bias_sums + s * width;
        store(sum, load(sum) + load(gradient) + load(gradient + width));
        for (size_t lane = 0; lane < lanes; lane++) m.turned[lane * stride + s] = gradient[lane];
    }
    for (size_t j = 0; j < rollout_outputs; j++) {
        float *sum = m.output_bias_sums + j * width;
        store(sum, load(sum) + load(change + j * lanes) + load(change + j * lanes + width));
    }
    add_outer_products(hidden_sums, at.first, m.turned, r.first, stride);
    LaneProducts{nullptr, nullptr, m.second, r.hidden, r.second, 1, r.second, false}(m.first, r.first);
    for (size_t f = 0; f < r.first; f++) {
        float *gradient = m.first + f * lanes, *known = m.known_gradient + f * lanes;
        const float *value = at.first + f * lanes;
        for (size_t i = 0; i < lanes; i += width) {
            const vf g = (vf)((vi)load(gradient + i) & (load(value + i) > 0.0f));
            store(gradient + i, g);
            store(known + i, load(known + i) + g);
        }
        for (size_t k = 0; k < 4; k++) {
            float *sum = m.motion_sums + (k * r.first + f) * width;
            store(sum, load(sum) + lane_sum_of(at.state + k * lanes, gradient));
        }
    }
    LaneProducts{nullptr, nullptr, m.first, r.motion, r.first, 1, r.first, false}(state, 4);
    for (size_t i = 0; i < 4 * lanes; i += width)
        store(carried + i, load(carried + i) + load(state + i) * (i < 2 * lanes ? displacement_scale : 1.0f));
}

// Numbers of one piece's sums, in the order hidden, motion, output, hidden bias, output bias.
AX_INLINE size_t rollout_piece_floats(const ax_rollout &r) {
    return r.first * RolloutMemory::stride(r) + RolloutMemory::sums(r) / width;
}

static void rollout_backward(
    const ax_rollout_gradients *to, const float *upstream, const ax_rollout *rule, float *scratch) {
    const ax_rollout r = *rule;
    const ax_rollout_gradients g = *to;
    const size_t all = r.images * r.pixels, pieces = ax_rollout_pieces(rule);
    const size_t share = rollout_share(all), stride = RolloutMemory::stride(r);
    const size_t narrow = RolloutMemory::sums(r) / width, piece_floats = rollout_piece_floats(r);
    float *const partial = scratch;
    float *const memories = scratch + pieces * piece_floats;
    for_each_thread(pieces, [=](size_t me, size_t begin, size_t end) {
        const RolloutMemory m(memories + me * RolloutMemory::count(r), r);
        __builtin_memset(m.turned, 0, stride * lanes * sizeof(float));
        float carried[4 * lanes];
        for (size_t piece = begin; piece < end; piece++) {
            float *sums = partial + piece * piece_floats;
            __builtin_memset(sums, 0, r.first * stride * sizeof(float));
            __builtin_memset(m.motion_sums, 0, RolloutMemory::sums(r) * sizeof(float));
            const size_t from = piece * share, until = from + share < all ? from + share : all;
            for (size_t p = from; p < until; p += lanes) {
                const size_t count = until - p < lanes ? until - p : lanes;
                begin_block(r, m.motion, m.known, p, count);
                const auto rows = [&](size_t t) { return RolloutRows(m.way + t * RolloutRows::count(r), r); };
                roll_block(r, m.motion, m.known, rows, nullptr, nullptr, p, count);
                __builtin_memset(carried, 0, sizeof carried);
                __builtin_memset(m.known_gradient, 0, r.first * lanes * sizeof(float));
                for (size_t t = r.times; t-- > 0;) {
                    for (size_t lane = 0; lane < count; lane++) {
                        const float *up = upstream + way_place(r, p + lane, t);
                        carried[lane] += up[0];
                        carried[lanes + lane] += up[1];
                    }
                    unroll_step(r, m, rows(t), sums, carried);
                }
                scatter_rows(g.known + p * r.first, m.known_gradient, r.first, count);
                scatter_rows(g.velocity + p * 2, carried + 2 * lanes, 2, count);
            }
            for (size_t i = 0; i < narrow; i++)
                sums[r.first * stride + i] = horizontal_sum(load(m.motion_sums + i * width));
        }
    });
    const auto total = [=](size_t place) {
        double sum = 0;
        for (size_t piece = 0; piece < pieces; piece++) sum += double(partial[piece * piece_floats + place]);
        return float(sum);
    };
    for (size_t f = 0; f < r.first; f++)
        for (size_t s = 0; s < r.second; s++) g.hidden[f * r.second + s] = total(f * stride + s);
    size_t place = r.first * stride;
    for (size_t i = 0; i < 4 * r.first; i++) g.motion[i] = total(place++);
    for (size_t i = 0; i < rollout_outputs * r.second; i++) g.output[i] = total(place++);
    for (size_t i = 0; i < r.second; i++) g.hidden_bias[i] = total(place++);
    for (size_t i = 0; i < rollout_outputs; i++) g.output_bias[i] = total(place++);
}
