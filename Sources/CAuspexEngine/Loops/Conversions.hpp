// Between element types.

static void bytes_to_floats(float *out, const uint8_t *x, size_t count) {
    parallel(count, floats_a_part, [=](size_t first, size_t last) {
        // Whole numbers until the division, so that 0 and 255 become -1 and 1 exactly.
        for (size_t i = first; i < last; i++) out[i] = (2.0f * float(x[i]) - 255.0f) / 255.0f;
    });
}

static void floats_to_bytes(uint8_t *out, const float *x, size_t count) {
    parallel(count, floats_a_part, [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++) {
            const float v = x[i] * 127.5f + 128.0f;  // a half more, because the conversion drops the fraction
            const float low = v > 0.0f ? v : 0.0f;   // NaN compares false
            out[i] = uint8_t(int32_t(low < 255.0f ? low : 255.0f));
        }
    });
}

static void floats_to_bfloat16(uint16_t *out, const float *x, size_t count) {
    parallel(count, floats_a_part, [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++) {
            uint32_t bits;
            __builtin_memcpy(&bits, x + i, 4);
            const uint32_t rounded = bits + 0x7fff + ((bits >> 16) & 1);
            // Rounding could carry a NaN's fraction into infinity: mark it quiet instead.
            const bool is_nan = (bits & 0x7fffffff) > 0x7f800000;
            out[i] = uint16_t((is_nan ? bits | 0x400000 : rounded) >> 16);
        }
    });
}

static void bfloat16_to_floats(float *out, const uint16_t *x, size_t count) {
    parallel(count, floats_a_part, [=](size_t first, size_t last) {
        for (size_t i = first; i < last; i++) {
            const uint32_t bits = uint32_t(x[i]) << 16;
            __builtin_memcpy(out + i, &bits, 4);
        }
    });
}
