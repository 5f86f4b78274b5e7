// Flushing of subnormal numbers to zero, for all computation here.
//
// Many processors take some hundred cycles for an operation on a number below 1.2e-38, so a layer whose activations vanish becomes tens of times
// slower, without any visible cause. (Others, such as AMD's Zen 4, take no longer for them.) Every call into the engine flushes them on the calling thread and
// restores the thread's mode; the team's threads, which belong to the engine, keep flushing.
#pragma once
/// Makes this thread flush subnormal results and arguments to zero; returns the mode before, for ax_restore_subnormals.
static inline unsigned long ax_flush_subnormals(void) {
#if defined(__x86_64__)
    unsigned before = __builtin_ia32_stmxcsr();
    const unsigned both = 0x8040;  // flush to zero, denormals are zero
    if ((before & both) != both) __builtin_ia32_ldmxcsr(before | both);
    return before;
#elif defined(__aarch64__)
    unsigned long before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | 1ul << 24));
    return before;
#else
    return 0;
#endif
}

static inline void ax_restore_subnormals(unsigned long before) {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr((unsigned)before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(before));
#else
    (void)before;
#endif
}

/// Flushes subnormal numbers during its lifetime.
struct ax_subnormals_flushed {
    ax_subnormals_flushed() : before(ax_flush_subnormals()) {}
    ~ax_subnormals_flushed() { ax_restore_subnormals(before); }
    ax_subnormals_flushed(const ax_subnormals_flushed &) = delete;

private:
    unsigned long before;
};
