// Medians along time, a vector of pixels at once: a sort by comparing neighbours, whose steps are the same for all of them.

static void median_over_time(float *out, const float *x, size_t clips, size_t frames, size_t values) {
    const size_t vectors = (values + width - 1) / width;
    const size_t middle = frames / 2;
    parallel(clips * vectors, grain_of(frames * frames * width / 2), [=](size_t first, size_t last) {
        vf sorted[AX_MAXIMUM_MEDIAN_FRAMES];
        for (size_t i = first; i < last; i++) {
            const size_t clip = i / vectors, place = i % vectors * width;
            const size_t n = values - place < width ? values - place : width;
            // Each frame sinks to its place among those before it.
            for (size_t t = 0; t < frames; t++) {
                vf value = load_lanes(x + (clip * frames + t) * values + place, n);
                for (size_t k = 0; k < t; k++) {
                    const vi above = value < sorted[k];
                    const vf least = select(above, value, sorted[k]);
                    value = select(above, sorted[k], value);
                    sorted[k] = least;
                }
                sorted[t] = value;
            }
            const vf upper = sorted[middle], lower = sorted[frames % 2 == 1 ? middle : middle - 1];
            store_lanes(out + clip * values + place, lower * 0.5f + upper * 0.5f, n);
        }
    });
}
