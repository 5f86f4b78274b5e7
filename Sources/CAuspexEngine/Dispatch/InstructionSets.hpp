// One function table per instruction set.
#pragma once
#include "Kernels.h"

namespace ax {

struct Table {
#define AX_KERNEL(name, parameters, arguments) decltype(&ax_##name) name;
#include "KernelList.hpp"
#undef AX_KERNEL
};

namespace baseline {
extern const Table table;
}
#if defined(__x86_64__)
namespace avx2 {
extern const Table table;
}
namespace avx512 {
extern const Table table;
}
#endif

// Whether the environment variable AUSPEX_ISA limits the instruction set, and to which.
bool isa_limit(ax_isa *limit);

}  // namespace ax
