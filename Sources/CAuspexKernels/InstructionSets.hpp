// One function table an instruction set.
#pragma once
#include "CAuspexKernels.h"

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

}  // namespace ax
