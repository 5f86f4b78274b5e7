// The loops, compiled once per instruction set. Standard headers come first: their inline functions must not be compiled for a newer processor
// than the current one, because the linker keeps one copy of each and chooses freely.
#include "InstructionSets.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "Kernels.h"
#include "Pieces.hpp"
#include "Team.hpp"

#define AX_NAMESPACE baseline
#define AX_WIDTH 4
#include "../Loops/All.hpp"
#undef AX_NAMESPACE
#undef AX_WIDTH

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,lzcnt,popcnt,f16c"))), apply_to = function)
#define AX_NAMESPACE avx2
#define AX_WIDTH 8
#include "../Loops/All.hpp"
#undef AX_NAMESPACE
#undef AX_WIDTH
#pragma clang attribute pop

#pragma clang attribute push(                                                                                   \
    __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2,lzcnt,popcnt,f16c"))), \
    apply_to = function)
#define AX_NAMESPACE avx512
#define AX_WIDTH 16
#include "../Loops/All.hpp"
#undef AX_NAMESPACE
#undef AX_WIDTH
#pragma clang attribute pop
#endif
