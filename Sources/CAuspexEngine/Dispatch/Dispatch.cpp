// Chooses the function table when the program starts, and calls through it.
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "Kernels.h"
#include "InstructionSets.hpp"
#include "Subnormals.hpp"

namespace ax {
namespace {

ax_isa processor_isa() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2"))
        return ax_isa_baseline;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return ax_isa_avx512;
    return ax_isa_avx2;
#else
    return ax_isa_baseline;
#endif
}

ax_isa limited_isa() {
    const ax_isa best = processor_isa();
    ax_isa limit;
    return isa_limit(&limit) && limit < best ? limit : best;
}

const Table *table_of(ax_isa isa) {
#if defined(__x86_64__)
    if (isa == ax_isa_avx512) return &avx512::table;
    if (isa == ax_isa_avx2) return &avx2::table;
#endif
    return &baseline::table;
}

ax_isa available = ax_isa_baseline;
std::atomic<ax_isa> selected{ax_isa_baseline};
std::atomic<const Table *> table{&baseline::table};

__attribute__((constructor)) void choose() {
    available = limited_isa();
    ax_isa_select(available);
}

}  // namespace

bool isa_limit(ax_isa *limit) {
    const char *name = std::getenv("AUSPEX_ISA");
    if (name != nullptr && std::strcmp(name, "baseline") == 0) return *limit = ax_isa_baseline, true;
    if (name != nullptr && std::strcmp(name, "avx2") == 0) return *limit = ax_isa_avx2, true;
    return false;
}

}  // namespace ax

ax_isa ax_isa_available(void) { return ax::available; }

ax_isa ax_isa_selected(void) { return ax::selected.load(std::memory_order_relaxed); }

int ax_isa_select(ax_isa isa) {
    if (isa > ax::available) return 0;
    ax::selected.store(isa, std::memory_order_relaxed);
    ax::table.store(ax::table_of(isa), std::memory_order_relaxed);
    return 1;
}

// A kernel returns the type in its header declaration.
#define AX_KERNEL(name, parameters, arguments)                            \
    auto ax_##name parameters->decltype(ax_##name arguments) {            \
        const ax_subnormals_flushed flushed;                              \
        return ax::table.load(std::memory_order_relaxed)->name arguments; \
    }
#include "KernelList.hpp"
#undef AX_KERNEL
