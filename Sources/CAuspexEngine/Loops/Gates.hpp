// The end of a gated unit: h' = σ(u) ⊙ m + (1 − σ(u)) ⊙ max(c, 0), in one pass each way.

AX_INLINE vf gated_mix_of(vf u, vf m, vf c) {
    const vf s = sigmoid_of(u), r = select(c < 0.0f, vf{}, c);
    return r + s * (m - r);
}

static void gated_mix_forward(float *out, const float *gate, const float *kept, const float *candidate, size_t count) {
    parallel(count, floats_a_part / 2, [=](size_t first, size_t last) {
        size_t i = first;
        for (; i + width <= last; i += width)
            store(out + i, gated_mix_of(load(gate + i), load(kept + i), load(candidate + i)));
        const size_t n = last - i;
        if (n > 0)
            store_part(
                out + i, gated_mix_of(load_part(gate + i, n), load_part(kept + i, n), load_part(candidate + i, n)), n);
    });
}

static void gated_mix_backward(
    float *gate_gradient, float *kept_gradient, float *candidate_gradient, const float *upstream, const float *gate,
    const float *kept, const float *candidate, size_t count) {
    parallel(count, floats_a_part / 2, [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i += width) {
            const size_t n = last - i < width ? last - i : width;
            const vf g = load_lanes(upstream + i, n), c = load_lanes(candidate + i, n);
            const vf s = sigmoid_of(load_lanes(gate + i, n));
            const vf to_kept = g * s, to_candidate = g - to_kept;
            if (kept_gradient) store_lanes(kept_gradient + i, to_kept, n);
            if (candidate_gradient) store_lanes(candidate_gradient + i, (vf)((vi)to_candidate & (c > 0.0f)), n);
            if (gate_gradient) {
                const vf r = select(c < 0.0f, vf{}, c);
                store_lanes(gate_gradient + i, to_candidate * s * (load_lanes(kept + i, n) - r), n);
            }
        }
    });
}
