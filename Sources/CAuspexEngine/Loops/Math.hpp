// Elementary functions on vectors, accurate to a few units in the last place, with the special cases of the C library's. Polynomials as in
// Moshier's Cephes (expf, logf, tanhf). The two-part logarithm of 2 makes n·high exact without a fused multiply-add, so that every
// instruction set reduces the argument alike.

AX_INLINE vf exponential(vf x) {
    // Beyond these the result is infinite or zero anyway; NaN is restored at the end.
    vf t = select(x > 89.0f, splat(89.0f), x);
    t = select(x < -105.0f, splat(-105.0f), t);
    t = select(x == x, t, vf{});
    const vf magic = splat(12582912.0f);  // 1.5 · 2²³: adding it rounds to a whole number
    const vf n = (t * 1.44269504088896341f + magic) - magic;
    const vf r = t - n * 0.693359375f - n * -2.12194440e-4f;
    vf p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    // 2ⁿ in two factors, because n reaches 128 and, towards denormal results, -151.
    const vi whole = __builtin_convertvector(n, vi);
    const vi half = whole >> 1;
    const vf first = (vf)((half + 127) << 23);
    const vf second = (vf)((whole - half + 127) << 23);
    return select(x == x, p * first * second, x);
}

AX_INLINE vf logarithm(vf x) {
    const vi small = x < 1.17549435e-38f;
    const vf scaled = select(small, x * 8388608.0f, x);
    const vi bits = (vi)scaled;
    vi exponent = ((bits >> 23) & 255) - 126;
    exponent -= small & splat_int(23);
    vf m = (vf)((bits & 0x007fffff) | 0x3f000000);  // in [0.5, 1)
    const vi low = m < 0.707106781186547524f;
    exponent += low;  // a true lane is -1
    m = m + (vf)((vi)m & low) - 1.0f;
    const vf e = __builtin_convertvector(exponent, vf);
    const vf z = m * m;
    vf p = m * 7.0376836292e-2f - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    p = p * m * z;
    p = p + e * -2.12194440e-4f;
    p = p - z * 0.5f;
    vf y = m + p + e * 0.693359375f;
    const float infinity = __builtin_inff();
    y = select(x == infinity, x, y);
    y = select(x == 0.0f, splat(-infinity), y);
    // Negative numbers have no logarithm; NaN stays.
    return select(x >= 0.0f, y, splat(__builtin_nanf("")));
}

AX_INLINE vf sigmoid_of(vf x) { return 1.0f / (1.0f + exponential(-x)); }

AX_INLINE vf silu_of(vf x) { return x * sigmoid_of(x); }
// The derivative, σ + x · σ · (1 − σ).
AX_INLINE vf silu_slope_of(vf x) {
    const vf s = sigmoid_of(x);
    return s * (1.0f + x * (1.0f - s));
}

// ln(1 + eˣ) without overflow: max(x, 0) + ln(1 + e^−|x|).
AX_INLINE vf softplus_of(vf x) {
    const vf magnitude = (vf)((vi)x & 0x7fffffff);
    return select(x < 0.0f, vf{}, x) + logarithm(1.0f + exponential(-magnitude));
}

// The product preserves NaN; it flushes a subnormal number, which compares as zero.
AX_INLINE vf leaky_of(vf x, float slope) { return select(x > 0.0f, x, x * slope); }

AX_INLINE vf tanh_of(vf x) {
    const vi sign = (vi)x & splat_int(int32_t(0x80000000u));
    const vf magnitude = (vf)((vi)x & 0x7fffffff);
    const vf large = 1.0f - 2.0f / (exponential(magnitude * 2.0f) + 1.0f);
    const vf z = x * x;
    vf p = z * -5.70498872745e-3f + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    const vf small = p * z * x + x;
    const vf signed_large = (vf)((vi)large | sign);
    return select(x == x, select(magnitude < 0.625f, small, signed_large), x);
}

AX_INLINE vf square_root(vf x) { return __builtin_elementwise_sqrt(x); }
