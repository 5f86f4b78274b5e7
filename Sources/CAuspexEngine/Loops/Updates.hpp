// Optimiser steps, in place.

static void adam_update(
    float *parameter, float *m, float *v, const float *gradient, size_t count, float gradient_scale, float rate,
    float beta1, float beta2, float epsilon, float first_correction, float second_correction) {
    const float step = rate / first_correction, root = 1 / __builtin_sqrtf(second_correction);
    const float toward1 = 1 - beta1, toward2 = 1 - beta2;
    parallel(count, floats_a_part / 2, [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i += width) {
            const size_t n = last - i < width ? last - i : width;
            const vf g = load_lanes(gradient + i, n) * gradient_scale;
            const vf new_m = load_lanes(m + i, n) * beta1 + g * toward1;
            const vf new_v = load_lanes(v + i, n) * beta2 + g * g * toward2;
            store_lanes(m + i, new_m, n);
            store_lanes(v + i, new_v, n);
            const vf move = new_m * step / (square_root(new_v) * root + epsilon);
            store_lanes(parameter + i, load_lanes(parameter + i, n) - move, n);
        }
    });
}

static void move_toward(float *average, const float *x, float weight, size_t count) {
    map2(average, average, x, count, [=](vf a, vf b) { return a + (b - a) * weight; });
}
