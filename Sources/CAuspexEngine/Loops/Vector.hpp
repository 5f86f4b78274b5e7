// Vectors of AX_WIDTH floats, and loops shared among threads.

#ifndef AX_INLINE
#define AX_INLINE static inline __attribute__((always_inline))
#define AX_INLINE_MEMBER inline __attribute__((always_inline))
#endif

typedef float vf __attribute__((vector_size(AX_WIDTH * 4)));
typedef int32_t vi __attribute__((vector_size(AX_WIDTH * 4)));
constexpr size_t width = AX_WIDTH;

AX_INLINE vf load(const float *p) {
    vf v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

AX_INLINE void store(float *p, vf v) { __builtin_memcpy(p, &v, sizeof v); }

// The first n of a vector, followed by zeros.
AX_INLINE vf load_part(const float *p, size_t n) {
    vf v = {};
    for (size_t i = 0; i < n; i++) v[i] = p[i];
    return v;
}

AX_INLINE void store_part(float *p, vf v, size_t n) {
    for (size_t i = 0; i < n; i++) p[i] = v[i];
}

AX_INLINE vf splat(float x) { return x - vf{}; }
AX_INLINE vi splat_int(int32_t x) { return x - vi{}; }

AX_INLINE vf select(vi mask, vf yes, vf no) { return (vf)((mask & (vi)yes) | (~mask & (vi)no)); }
AX_INLINE vf greater_of(vf a, vf b) { return select(a > b, a, b); }

AX_INLINE float horizontal_sum(vf v) {
    float lanes[width];
    __builtin_memcpy(lanes, &v, sizeof v);
    for (size_t step = width / 2; step > 0; step /= 2)
        for (size_t i = 0; i < step; i++) lanes[i] += lanes[i + step];
    return lanes[0];
}

// Numbers 0..<4 are the sums of the lanes of a, b, c and d: half the work of four sums one by one.
#if AX_WIDTH == 4
#define AX_EACH(a, b, c, d) a, b, c, d
#elif AX_WIDTH == 8
#define AX_EACH(a, b, c, d) a, b, c, d, a + 4, b + 4, c + 4, d + 4
#else
#define AX_EACH(a, b, c, d) \
    a, b, c, d, a + 4, b + 4, c + 4, d + 4, a + 8, b + 8, c + 8, d + 8, a + 12, b + 12, c + 12, d + 12
#endif
AX_INLINE void four_sums(float *out, vf a, vf b, vf c, vf d) {
    constexpr int w = AX_WIDTH;
    // Within each quarter register: (a0+a2, b0+b2, a1+a3, b1+b3), then both halves together.
    const vf ab = __builtin_shufflevector(a, b, AX_EACH(0, w, 1, w + 1))
        + __builtin_shufflevector(a, b, AX_EACH(2, w + 2, 3, w + 3));
    const vf cd = __builtin_shufflevector(c, d, AX_EACH(0, w, 1, w + 1))
        + __builtin_shufflevector(c, d, AX_EACH(2, w + 2, 3, w + 3));
    const vf all = __builtin_shufflevector(ab, cd, AX_EACH(0, 1, w, w + 1))
        + __builtin_shufflevector(ab, cd, AX_EACH(2, 3, w + 2, w + 3));
    typedef float quarter __attribute__((vector_size(16)));
    quarter sum = __builtin_shufflevector(all, all, 0, 1, 2, 3);
#if AX_WIDTH >= 8
    sum += __builtin_shufflevector(all, all, 4, 5, 6, 7);
#endif
#if AX_WIDTH >= 16
    sum += __builtin_shufflevector(all, all, 8, 9, 10, 11) + __builtin_shufflevector(all, all, 12, 13, 14, 15);
#endif
    __builtin_memcpy(out, &sum, sizeof sum);
}
#undef AX_EACH

// The work that a thread must have before a second one pays: starting the team costs about 2 µs, in which one thread moves some 20 kB.
constexpr size_t floats_a_part = 8192;

// Calls body(first, last) on contiguous ranges that cover 0..<count, in parallel if each gets at least `grain`. Ranges begin at
// multiples of 16, so that vectors stay whole and no cache line is shared.
template <class Body>
static void parallel(size_t count, size_t grain, const Body &body) {
    if (count == 0) return;
    if (grain == 0) grain = 1;
    size_t parts = count / grain;
    const size_t most = static_cast<size_t>(team_size());
    if (parts > most) parts = most;
    if (parts <= 1) {
        body(size_t(0), count);
        return;
    }
    struct Context {
        const Body *body;
        size_t count, share;
    };
    const size_t unit = grain >= 64 ? 16 : 1;
    const size_t units = (count + unit - 1) / unit;
    Context context{&body, count, (units + parts - 1) / parts * unit};
    run_parts(
        [](void *data, int part) {
            const Context &c = *static_cast<Context *>(data);
            const size_t first = c.share * static_cast<size_t>(part);
            const size_t last = first + c.share < c.count ? first + c.share : c.count;
            if (first < last) (*c.body)(first, last);
        },
        &context, static_cast<int>(parts));
}

// For items of `cost` floats each.
AX_INLINE size_t grain_of(size_t cost) { return cost >= floats_a_part ? 1 : (floats_a_part + cost) / (cost + 1); }
